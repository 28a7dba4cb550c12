import type { Host } from "@orrery/service";
import { till } from "../../../till.ts";
import type { Provider } from "../../provider.ts";

/** The provider of a running service, for programs that try each of its calls. */
export function stripeOf(host: Host): Provider {
  const kit = host.running().find((running) => running.kit.service === "payment")?.kit;
  if (kit === undefined) throw new Error("payment does not run");
  return kit.part(till).provider;
}
