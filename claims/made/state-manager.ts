import { type Claim, type Outcome } from "../claim.ts";
import { lastWords, runProgram } from "../program.ts";

type Figures = Readonly<Record<string, number>>;
interface Speed {
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** A bench/state program prints one line of JSON, and ends with 1 where something is wrong. */
async function state<T>(program: string, ...args: readonly string[]): Promise<T & { readonly ok: boolean }> {
  const { code, stdout, stderr } = await runProgram([`bench/state/${program}`, ...args, "--json"]);
  const last = stdout.trim().split("\n").at(-1) ?? "";
  if (!last.startsWith("{")) throw new Error(`${program} gave no figures: ${lastWords(stderr)}`);
  return { ...(JSON.parse(last) as T), ok: code === 0 };
}

const verdict = (well: boolean, figure: string): Outcome => ({ status: well ? "pass" : "fail", figure });
const ms = (value: number) => `${value.toFixed(1)} ms`;
const count = (value: number | undefined) => (value ?? 0).toLocaleString("en");

type Writes = Readonly<Record<"writes", Speed & { readonly paced: Speed & { readonly refused: number } }>> &
  Readonly<Record<"batches", Speed>>;

interface Forked {
  readonly ms: number;
  readonly askedMs: number;
  readonly waitedMs: number;
  readonly waitedForPlaceMs: number;
  readonly waitedBeforeMs: number;
  readonly refused: number;
  readonly mb: number;
}
interface Fork {
  readonly database: string;
  readonly objects: number;
  readonly now: Forked;
  readonly then: Forked;
  readonly changed: number;
  readonly wrong: number;
}

const FORK = { ms: 2_000, mb: 2, waitedMs: 50 };

interface Outage {
  readonly acknowledged: number;
  readonly lost: number;
  readonly double: number;
  readonly staleReads: number;
  readonly unmarked: number;
  readonly failedReads: number;
  readonly refused: number;
  readonly otherErrors: readonly string[];
  readonly againMs: number;
}

export const claims: readonly Claim[] = [
  {
    id: "state-manager.writes",
    sentence: "Objects are written thousands of times a second, each commit durable before it is answered",
    measured:
      "64 callers at once over 10,000 players for 4 s (30 s with --full), batches of 10 by 32 callers; p99 of single writes at the rate asked for (bench/state/speed.ts)",
    threshold:
      "SQLite: 3,000 single writes/s with p99 < 25 ms, 1,500 batches/s; PostgreSQL: 4,000/s with p99 < 25 ms, 800 batches/s",
    async run(full) {
      const args = ["--only", "writes,batches", "--seconds", full ? "30" : "3"];
      const sqlite = await state<Writes>("speed.ts", ...args);
      const postgres = await state<Writes>("speed.ts", ...args, "--database", "postgres");
      const reaches = (own: Writes, single: number, batches: number) =>
        own.writes.perSecond >= single &&
        own.writes.paced.p99Ms < 25 &&
        own.writes.paced.refused === 0 &&
        own.batches.perSecond >= batches;
      const say = (own: Writes) =>
        `${count(own.writes.perSecond)}/s (p99 ${ms(own.writes.paced.p99Ms)} at ${count(own.writes.paced.perSecond)}/s, ${own.writes.paced.refused} refused), ${count(own.batches.perSecond)} batches/s`;
      return verdict(
        reaches(sqlite, 3_000, 1_500) && reaches(postgres, 4_000, 800),
        `SQLite ${say(sqlite)}; PostgreSQL ${say(postgres)}`,
      );
    },
  },
  {
    id: "state-manager.hot",
    sentence: "Writers of one hot object queue and are combined; none fails",
    measured: "64 callers increment one object for 4 s (bench/state/speed.ts)",
    threshold: "at least 1,000 increments/s",
    async run(full) {
      const { hot } = await state<{ hot: Speed }>(
        "speed.ts",
        "--only",
        "hot",
        "--seconds",
        full ? "30" : "4",
      );
      return verdict(hot.perSecond >= 1_000, `${count(hot.perSecond)} increments/s, p99 ${ms(hot.p99Ms)}`);
    },
  },
  {
    id: "state-manager.reads",
    sentence: "What was read before is read from memory, and ten thousand players leave a core to spare",
    measured:
      "16 callers on 1,000 cached objects, in the service's own handler and through calls; Zipf(1) over 100,000 objects; 1,667 reads and writes/s of 10,000 players (bench/state/speed.ts); with --full also 10 M objects uncached (bench/state/large.ts)",
    threshold:
      "20,000 cached Get/s handled with p99 < 2 ms; hit rate > .8; mixed load < 60 % of both cores; uncached Get p99 < 10 ms, page of 100 median < 20 ms",
    async run(full) {
      const own = await state<{
        reads: { called: Speed; handled: Speed };
        zipf: { hitRate: number };
        mixed: Speed & { cpu: number };
      }>("speed.ts", "--only", "reads,mixed,zipf", "--seconds", full ? "20" : "2");
      const large = await state<Figures>("large.ts", "--objects", full ? "10000000" : "50000");
      const { called, handled } = own.reads;
      const [getMs, pageMs] = [large["getP99Ms"] ?? Infinity, large["pageMs"] ?? Infinity];
      const well =
        handled.perSecond >= 20_000 && handled.p99Ms < 2 && own.zipf.hitRate > 0.8 && own.mixed.cpu < 0.6;
      return verdict(
        well && getMs < 10 && pageMs < 20,
        `${count(handled.perSecond)}/s handled (p99 ${ms(handled.p99Ms)}), ${count(called.perSecond)}/s called; hit rate ${own.zipf.hitRate.toFixed(2)}; mixed ${(own.mixed.cpu * 100).toFixed(0)} % of both cores; ${count(large["objects"])} objects: Get p99 ${ms(getMs)}, page of 100 median ${ms(pageMs)} (p99 ${ms(large["pageP99Ms"] ?? Infinity)})`,
      );
    },
  },
  {
    id: "state-manager.kill9",
    sentence: "A state-manager killed with -9 has every acknowledged write, none twice, and one event each",
    measured:
      "killed 5 times (20 with --full) under 2,000 writes/s of another process, which asks again with the same keys (bench/state/kill9.ts)",
    threshold: "0 lost, 0 double, 0 untold; no gap or repeat in events and in a watch from the beginning",
    async run(full) {
      const own = await state<Figures>("kill9.ts", "--rounds", full ? "20" : "5");
      return verdict(
        own.ok,
        `${own["rounds"]} kills, ${count(own["acknowledged"])} writes: ${own["lost"]} lost, ${own["doubles"]} double, ${own["untold"]} untold, ${own["eventSeqGaps"]} event gaps, ${own["watchGaps"]} watch gaps`,
      );
    },
  },
  {
    id: "state-manager.linear",
    sentence:
      "Each object's history fits one order in which every answer is right, and its events fold into the table",
    measured:
      "32 writers, 100 objects, random operations and preconditions for 10 s (60 s with --full), Wing and Gong's search (bench/state/linear.ts)",
    threshold: "0 objects without an order, 0 events out of place, 0 values that differ",
    async run(full) {
      const own = await state<Figures>("linear.ts", "--seconds", full ? "60" : "10");
      return verdict(
        own.ok,
        `${count(own["operations"])} operations on ${own["objects"]} objects: ${own["disordered"]} without an order; ${count(own["events"])} events: ${own["faults"]} out of place, ${own["wrong"]} values differ`,
      );
    },
  },
  {
    id: "state-manager.watch",
    sentence: "Two thousand watchers hear of their changes at once, each of every one",
    measured:
      "2,000 watches, 200 writes/s; from the commit to the bus's subscriber and to the watcher (bench/state/watch.ts)",
    threshold: "every change once; StateChanged and watch p99 < 150 ms",
    async run(full) {
      const own = await state<Figures>("watch.ts", "--seconds", full ? "60" : "8");
      const [told, heard] = [own["toldP99Ms"] ?? Infinity, own["watchP99Ms"] ?? Infinity];
      return verdict(
        own.ok && told < 150 && heard < 150,
        `${count(own["heard"])} of ${count(own["written"])} heard, ${own["faults"]} out of order; event p99 ${ms(told)}, watch p99 ${ms(heard)}`,
      );
    },
  },
  {
    id: "state-manager.slots",
    sentence: "A slot gives back what it saved, byte for byte, in a moment",
    measured: "200 objects saved, changed and loaded, 20 times (bench/state/slots.ts)",
    threshold: "0 differences; save < 20 ms, load < 100 ms (median)",
    async run(full) {
      const own = await state<Figures>("slots.ts", "--rounds", full ? "200" : "20");
      const [save, load] = [own["saveMs"] ?? Infinity, own["loadMs"] ?? Infinity];
      return verdict(
        own.ok && save < 20 && load < 100,
        `save ${ms(save)}, load ${ms(load)}, ${own["differences"]} differences`,
      );
    },
  },
  {
    id: "state-manager.outage",
    sentence:
      "With its database cut off it answers what it knows, marked as old, refuses writes, and goes on by itself",
    measured: "PostgreSQL refuses everyone for 10 s under 20 writers who try again (bench/state/outage.ts)",
    threshold:
      "cached reads answered throughout, marked from 1 s on; writes refused as retryable, none else; writing again within 5 s; 0 lost, 0 double",
    async run() {
      const own = await state<Outage>("outage.ts");
      const { lost, double, unmarked, failedReads, staleReads, refused, otherErrors, againMs } = own;
      return verdict(
        own.ok &&
          otherErrors.length === 0 &&
          lost + double + unmarked + failedReads === 0 &&
          staleReads * refused > 0 &&
          againMs < 5_000,
        `${own.acknowledged} acknowledged, ${lost} lost, ${double} double; ${staleReads} reads marked, ${unmarked} not, ${failedReads} failed; ${refused} writes refused${otherErrors.length > 0 ? `, also ${otherErrors.join(", ")}` : ""}; writing again after ${ms(againMs)}`,
      );
    },
  },
  {
    id: "state-manager.fork",
    sentence:
      "A fork of a hundred thousand objects is there at once, has them as they were, and costs what is changed; neither world hears of the other's writes",
    measured:
      "a world of 100,000 objects forked where it stands, and again before a tenth of them changed, beside the journal; from the call until the fork's objects are read, with 100 writes/s of another player to the parent, whose longest wait is counted from when the journal has found the place (bench/state/fork.ts, SQLite and PostgreSQL)",
    threshold: `both: forked where it stands in ${FORK.ms / 1_000} s, ${FORK.mb} MB, writes wait ${FORK.waitedMs} ms at most; 0 values other than the parent's at the place; writes apart, platform objects shared`,
    async run() {
      const runs: (Fork & { readonly ok: boolean })[] = [];
      for (const database of ["sqlite", "postgres"])
        runs.push(await state<Fork>("fork.ts", "--database", database));
      const forked = (own: Forked) =>
        `${(own.ms / 1_000).toFixed(1)} s (${(own.askedMs / 1_000).toFixed(1)} to find the place), ${own.mb} MB, writes waited ${ms(own.waitedMs)} at most (${ms(own.waitedForPlaceMs)} for the place, ${ms(own.waitedBeforeMs)} in the second before), ${own.refused} refused`;
      return verdict(
        runs.every(
          ({ ok, now }) => ok && now.ms <= FORK.ms && now.mb <= FORK.mb && now.waitedMs <= FORK.waitedMs,
        ),
        runs
          .map(
            ({ database, objects, now, then, changed, wrong }) =>
              `${database}: ${count(objects)} objects in ${forked(now)}; before ${count(changed)} changes ${forked(then)}; ${wrong} wrong`,
          )
          .join(". "),
      );
    },
  },
];
