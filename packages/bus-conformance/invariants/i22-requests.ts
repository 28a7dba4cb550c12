import { busErrors } from "@orrery/bus";
import { isError } from "@orrery/wire";
import { SAMPLE } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

export const requests: Invariant = {
  id: "I22",
  title: "request and reply: not claimed, and asking for it is refused with a code (requests are RPC)",
  async run(scene) {
    demand(!scene.features.requestReply, "claims requestReply, for which the seam has no call");
    const bus = await scene.bus();
    let refusal: unknown;
    try {
      bus.subscribe({
        id: "conformance/answering",
        types: [SAMPLE.typeName],
        order: "none",
        reply: true,
        handle: () => undefined,
      });
    } catch (error) {
      refusal = error;
    }
    demand(isError(refusal, busErrors.BUS_FEATURE_MISSING), `asking for replies: ${String(refusal)}`);
    return { claimed: 0 };
  },
};
