import { codecs } from "@orrery/schema/registry";
import { SHELLS, type ValueTable } from "./completion.ts";

/** The values of one column of a command's JSON lines; silent when nothing answers. */
const column = (command: string, name: string) =>
  `orrery ${command} --json 2>/dev/null | sed -n 's/.*"${name}":"\\([^"]*\\)".*/\\1/p'`;

/** What stands in the contracts and in bench/ is written into the script; what a running Orrery has is asked for. */
export function completionValues(benches: readonly string[]): ValueTable {
  const types = {
    words: [...codecs.values()].filter(({ event }) => event !== undefined).map(({ typeName }) => typeName),
  };
  return new Map([
    ["--world", { ask: column("world ls", "world") }],
    ["--type", types],
    ["schema show", types],
    ["bus explain", { ask: column("bus ls", "subscription") }],
    ["bench", { words: benches }],
    ["completion", { words: SHELLS }],
  ]);
}
