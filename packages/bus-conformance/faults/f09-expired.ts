import { busErrors, frameHead } from "@orrery/bus";
import { isError } from "@orrery/wire";
import { rawFrame } from "../frames.ts";
import { probeBytes } from "../probe.ts";
import { rawMember } from "../raw-member.ts";
import { SAMPLE } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Fault } from "./fault.ts";

const ID = "conformance/expired";
const FRAMES = 200;
const LEASES = 1.7;

export const expired: Fault = {
  id: "F9",
  title:
    "leases that ran out with the limit of what may be in flight reached: nobody settles what another has",
  async run(scene) {
    const { clock, features } = scene;
    const count = Math.max(20, scene.load(FRAMES));
    const hoarder = await rawMember(scene, ID);
    const bus = await scene.bus();
    for (let n = 1; n <= count; n++) {
      scene.ledger.publish(1, n, "", clock.now());
      const payload = probeBytes({ writer: 1, n, key: "", filler: 20 });
      await bus.send(
        rawFrame({ publisher: "expiring", firstSequence: n, events: [{ payload, timeMs: clock.now() }] }),
      );
      scene.ledger.outcome(1, n, "acked");
    }
    const held = await hoarder.take(count, 2_000);
    demand(held.length > 0, "nothing was delivered");
    await scene.strike("held and not renewed", () => clock.sleep(features.leaseSeconds * 1_000 * LEASES));
    // Whoever still may settle has not lost it; everybody else is told so.
    let refused = 0;
    for (const delivery of held) {
      const answer = await (delivery.settle() ?? Promise.resolve()).catch((error: unknown) => error);
      if (answer === undefined) {
        const n = sequenceOf(delivery.frame);
        const entry = scene.ledger.begin({
          subscription: ID,
          member: "hoarder",
          writer: 1,
          n,
          key: "",
          attempt: delivery.attempt,
          intact: true,
          identity: `expiring/${n}`,
          startMs: clock.now(),
        });
        scene.ledger.end(entry, "ok", clock.now());
        continue;
      }
      demand(isError(answer, busErrors.BUS_LEASE_LOST), `settling an expired lease: ${String(answer)}`);
      refused++;
    }
    await hoarder.close();
    await scene.read(await scene.bus(), "rescue", {
      id: ID,
      types: [SAMPLE.typeName],
      order: "none",
      from: "latest",
    }).ready;
    await scene.until("what was held is handled", () => scene.ledger.handledBy(ID) >= count);
    await clock.sleep(features.leaseSeconds * 1_500);
    const { lost, duplicates } = scene.ledger.judge(ID);
    demand(lost.length === 0, `${lost.length} lost`);
    demand(duplicates === 0, `${duplicates} settled by one and handled by another`);
    return { frames: count, heldAtOnce: held.length, refused };
  },
};

const sequenceOf = (frame: Uint8Array): number => frameHead(frame).firstSequence;
