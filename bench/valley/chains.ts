// A valley lives some weeks; then `orrery bus causes --sample` draws chains of causes from its journal, and each link is
// held against the events themselves.
//   node bench/valley/chains.ts [--days 38] [--seed s] [--sample 20] [--draw 1] [--json]
import { execFile } from "node:child_process";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { JournalService } from "@orrery/schema/bus/v1";
import { startValley } from "./lived.ts";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "38" },
    seed: { type: "string", default: "s" },
    sample: { type: "string", default: "20" },
    draw: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const [LINKS, SERVICES] = [5, 4];
const MAIN = join(import.meta.dirname, "../../apps/cli/main.ts");

interface Link {
  readonly chain: number;
  readonly at: string;
  readonly service: string;
  readonly type: string;
  readonly says: string;
  readonly id: string;
}

const valley = await startValley(values.seed);
try {
  const began = performance.now();
  await valley.live(valley.world, Number(values.days));
  const livedS = (performance.now() - began) / 1_000;
  const asked = ["--sample", values.sample, "--length", String(LINKS), "--services", String(SERVICES)];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [MAIN, "bus", "causes", ...asked, "--seed", values.draw, "--json", ...valley.reach],
    { maxBuffer: 2 ** 26 },
  ).catch((error: { stdout?: string; stderr?: string }) => {
    // Fewer than were asked for: they are told all the same.
    if (error.stdout?.startsWith("{") !== true) throw error;
    return { stdout: error.stdout };
  });
  const links = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Link);
  const chains = [...Map.groupBy(links, ({ chain }) => chain).values()];

  /** An event as the journal has it, without what was said of its causes. */
  const journal = valley.edgeOf(valley.world).client(JournalService);
  const eventOf = async (id: string) => {
    const at = id.lastIndexOf("/");
    const which = { case: "id", value: { publisher: id.slice(0, at), sequence: Number(id.slice(at + 1)) } };
    const { event } = await journal.get({ worldId: valley.world, which } as never);
    if (event === undefined) throw new TypeError(`the journal has no ${id}`);
    return event;
  };
  const wrong: string[] = [];
  for (const chain of chains) {
    const events = await Promise.all(chain.map(({ id }) => eventOf(id)));
    if (events[0]?.cause !== undefined) wrong.push(`${chain[0]?.id} is no root`);
    events.slice(1).forEach(({ cause, atGs = 0 }, at) => {
      const [before, name] = [events[at], `${chain[at]?.id} of ${chain[at + 1]?.id}`];
      if (cause?.publisher !== before?.id?.publisher || cause?.sequence !== before?.id?.sequence)
        wrong.push(`${name} is not the cause that its envelope names`);
      if ((before?.atGs ?? 0) > atGs) wrong.push(`${name} came later`);
    });
    const services = new Set(events.map(({ service }) => service)).size;
    if (events.length < LINKS || services < SERVICES) wrong.push(`${chain.at(-1)?.id} is too short a chain`);
  }
  const report = {
    days: Number(values.days),
    livedS: Number(livedS.toFixed(0)),
    events: (await journal.query({ worldId: valley.world, pageSize: 1 })).newest,
    chains: chains.length,
    longest: Math.max(0, ...chains.map((chain) => chain.length)),
    ends: [...new Set(chains.map((chain) => chain.at(-1)?.type ?? ""))].sort(),
    wrong,
    words: chains.map((chain) => chain.map(({ at, says }) => `${at}  ${says}`)),
  };
  if (values.json) console.log(JSON.stringify(report));
  else {
    for (const words of report.words) console.log(`${words.join("\n  because of it: ")}\n`);
    console.log({ ...report, words: undefined });
  }
} finally {
  await valley.stop();
}
