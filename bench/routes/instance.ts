// One instance of a service, in a process of its own: started by main.ts.
import { createMemoryTransport } from "@orrery/bus";
import { createLogger, startHost } from "@orrery/service";
import { type Behaviour, echoing, KEY } from "./service.ts";

const [number = "0", port = "0"] = process.argv.slice(2);
let behaviour: Behaviour = { tookMs: 10, fails: false };
let asked = 0;
await startHost({
  services: [
    echoing(
      Number(number),
      () => behaviour,
      () => (asked += 1),
    ),
  ],
  transport: createMemoryTransport(),
  storeUrl: () => ":memory:",
  env: {},
  log: createLogger("silent"),
  innerPort: Number(port),
  deploymentKey: KEY,
});
process.on("message", (message: Behaviour | "asked") => {
  if (message === "asked") process.send?.({ asked });
  else behaviour = message;
});
process.on("disconnect", () => process.exit());
process.send?.("up");
