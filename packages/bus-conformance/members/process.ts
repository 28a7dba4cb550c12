// A member in a process of its own:
//   node process.ts <notebook> <elsewhere as JSON> <terms as JSON>
// Tells "ready"; blocks its event loop for as many ms as it is told.
import { openSync, writeSync } from "node:fs";
import { createBus, systemClock, type Transport } from "@orrery/bus";
import type { Elsewhere } from "../broker.ts";
import type { MemberTerms } from "./member.ts";
import { dyingTransport, type MemberLife, subscribeMember } from "./subscribe.ts";

const [file = "", elsewhere = "", given = ""] = process.argv.slice(2);
const { module, terms: where } = JSON.parse(elsewhere) as Elsewhere;
const terms = JSON.parse(given) as MemberTerms;
const notebook = openSync(file, "a");
process.on("disconnect", () => process.exit(0));
process.on("message", (ms: number) => {
  for (const untilMs = performance.now() + ms; performance.now() < untilMs; );
});

const life: MemberLife = {
  terms,
  clock: systemClock,
  // Written by the kernel before it returns: a kill does not take it back.
  note: (note) => void writeSync(notebook, `${JSON.stringify(note)}\n`),
  die() {
    process.kill(process.pid, "SIGKILL");
    return new Promise(() => {});
  },
};
const { openTransport } = (await import(module)) as { openTransport(terms: unknown): Promise<Transport> };
const bus = createBus({ transport: dyingTransport(await openTransport(where), life) });
await subscribeMember(bus, life).ready;
process.send?.("ready");
