// What a large world costs: made, lived for days, killed, recovered, stopped.
//   node bench/large-world/main.ts [--people 10000] [--kb 5|17] [--days 1] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ask } from "./orders.ts";
import { kill, startLife } from "./process.ts";

const { values } = parseArgs({
  options: {
    people: { type: "string", default: "10000" },
    kb: { type: "string", default: "5" },
    days: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
/** Memories and relations of a person of so many KB. */
const WEIGHTS: Readonly<Record<string, readonly [number, number]>> = { 5: [22, 20], 17: [96, 90] };
const MINUTES_A_DAY = 1_440;
/** Minutes at which midnight's own work is over. */
const MIDNIGHT = 60;
/** Small inputs whose commits are timed. */
const SMALL = 200;

const people = Number(values.people);
const days = Number(values.days);
const [memories, relations] = WEIGHTS[values.kb] ?? [22, 20];
const data = mkdtempSync(join(process.cwd(), ".bench-large-world-"));
try {
  let life = await startLife(data);
  const empty = await ask(life, { do: "figures" });
  const made = await ask(life, { do: "populate", people, memories, relations });
  const nights = [];
  const hours = [];
  for (let day = 0; day < days; day++) {
    nights.push(await ask(life, { do: "live", minutes: MIDNIGHT }));
    hours.push(await ask(life, { do: "live", minutes: MINUTES_A_DAY - MIDNIGHT }));
  }
  const small = await ask(life, { do: "small", inputs: SMALL });
  const lived = small;
  const hour = hours.at(-1) ?? small;
  const forked = await ask(life, { do: "fork" });
  await kill(life);
  life = await startLife(data);
  const killed = await ask(life, { do: "figures" });
  const stopped = await ask(life, { do: "stop" });
  life = await startLife(data);
  const again = await ask(life, { do: "figures" });
  await ask(life, { do: "stop" });
  const longest = (all: readonly { readonly longestMs: number }[]) =>
    Math.max(0, ...all.map(({ longestMs }) => longestMs));
  const round = (value: number) => Number(value.toFixed(1));
  const report = {
    people,
    kb: Number(values.kb),
    days,
    stateMb: round(lived.figures.stateMb),
    longestMs: {
      made: round(made.longestMs),
      midnight: round(longest(nights)),
      hour: round(longest(hours)),
      stop: round(stopped.longestMs),
    },
    commitMs: Number(small.medianMs.toFixed(2)),
    minuteMs: round(hour.medianMs),
    minuteCpuMs: round(hour.cpuMs / (MINUTES_A_DAY - MIDNIGHT)),
    // Beyond what the start of an empty world takes.
    recoveryCpuMs: {
      kill: round(killed.figures.recoveryCpuMs - empty.figures.recoveryCpuMs),
      stop: round(again.figures.recoveryCpuMs - empty.figures.recoveryCpuMs),
    },
    fork: {
      ms: round(forked.ms),
      longestMs: round(forked.longestMs),
      writtenMb: Number((forked.fork?.writtenMb ?? 0).toFixed(2)),
      same: forked.fork?.same === true,
    },
    rssMb: round(lived.figures.rssMb),
    heapMb: hours.map(({ figures }) => round(figures.heapMb)),
    databaseMb: round(again.figures.databaseMb),
    cutMbADay: round((lived.figures.cutMb - made.figures.cutMb) / Math.max(1, days)),
    journalMb: round(lived.figures.journalMb),
    same: [killed, again].every(({ figures }) => figures.digest === lived.figures.digest),
  };
  process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);
} finally {
  rmSync(data, { recursive: true, force: true });
}
