import type { Claim } from "../claim.ts";
import { benchJson } from "../program.ts";
import { tested } from "../tested.ts";

interface Worlds {
  readonly worlds: number;
  readonly eventsPerS: number;
  readonly lateP99Ms: number;
  readonly coreShare: number;
  readonly rssMiB: number;
  readonly heapMiB: number;
  readonly buffersMiB: number;
}

interface Rates {
  readonly apart: readonly { readonly rate: number; readonly gameS: number; readonly expectedS: number }[];
}

interface Timers {
  readonly timers: number;
  readonly scheduleP50Ms: number;
  readonly scheduleP99Ms: number;
  readonly diskP50Ms: number;
  readonly diskP99Ms: number;
  readonly fired: number;
  readonly firedWithinMs: number;
}

interface Skip {
  readonly killed: number;
  readonly hours: number;
  readonly phases: number;
  readonly activations: number;
  readonly differs: readonly string[];
  readonly sameWeather: boolean;
  readonly calmSeconds: number;
}

interface Watch {
  readonly seconds: number;
  readonly updates: number;
  readonly hours: number;
  readonly missingS: number;
  readonly lateMsMedian: number;
  readonly lateMsMost: number;
}

const WORLDS = 1_000;
const LATE_MS = 100;
const CORE = 0.25;
const MEMORY_MIB = 200;
const TIMERS = 100_000;

const status = (well: boolean) => (well ? "pass" : "fail");
const worlds = (full: boolean) => benchJson<Worlds>("bench/time/worlds.ts", "--seconds", full ? "300" : "20");
const timers = () => benchJson<Timers>("bench/time/timers.ts");

export const claims: readonly Claim[] = [
  {
    id: "time-manager.worlds",
    sentence: "A thousand worlds on one process, none of them late",
    measured: "rate 60, log and database on disk; the driver's own lateness histogram (bench/time/worlds.ts)",
    threshold: `${WORLDS} worlds, over 999 events/s, p99 under ${LATE_MS} ms`,
    async run(full) {
      const { worlds: count, eventsPerS, lateP99Ms } = await worlds(full);
      const figure = `${count} worlds, ${eventsPerS.toFixed(0)} events/s, p99 at most ${lateP99Ms} ms late`;
      return { status: status(count >= WORLDS && eventsPerS > 999 && lateP99Ms < LATE_MS), figure };
    },
  },
  {
    id: "time-manager.cost",
    sentence: "What a thousand worlds cost",
    measured:
      "the same run: CPU time, and heap and buffers held after a collection, everything else in the process included; resident beside it, since V8 keeps up to 128 MB of empty young space",
    threshold: `under ${CORE * 100} % of a core and ${MEMORY_MIB} MB held`,
    async run(full) {
      const { coreShare, rssMiB, heapMiB, buffersMiB } = await worlds(full);
      const heldMiB = heapMiB + buffersMiB;
      const figure = `${(coreShare * 100).toFixed(0)} % of a core, ${heldMiB.toFixed(0)} MB held, ${rssMiB.toFixed(0)} MB resident`;
      return { status: status(coreShare < CORE && heldMiB < MEMORY_MIB), figure };
    },
  },
  {
    id: "time-manager.rates",
    sentence: "Game time is rate times real time, at odd rates too",
    measured: "rates 45, 61, 90 and 3,600 at once, 25 s, with --full 5 minutes (bench/time/rates.ts)",
    threshold: "within 1 s of real time",
    async run(full) {
      const { apart } = await benchJson<Rates>("bench/time/rates.ts", "--seconds", full ? "300" : "25");
      const most = Math.max(...apart.map(({ rate, gameS, expectedS }) => Math.abs(gameS - expectedS) / rate));
      return {
        status: status(apart.length === 4 && most < 1),
        figure: `${(most * 1000).toFixed(0)} ms apart at most`,
      };
    },
  },
  {
    id: "time-manager.timers",
    sentence: "Ten thousand of a hundred thousand timers fall due in one minute and are told at once",
    measured: "from the first to the last at a subscription (bench/time/timers.ts)",
    threshold: "all within 1 s",
    async run() {
      const { timers: count, fired, firedWithinMs } = await timers();
      const figure = `${fired} of ${count} in ${firedWithinMs.toFixed(0)} ms`;
      return { status: status(count >= TIMERS && fired >= 10_000 && firedWithinMs < 1_000), figure };
    },
  },
  {
    id: "time-manager.schedule",
    sentence: "Setting one more timer beside a hundred thousand",
    measured:
      "1,000 calls one after the other, durable when answered; between them 4 KiB to the same disk by themselves (bench/time/timers.ts)",
    threshold: "p99 under 5 ms",
    async run() {
      const { scheduleP50Ms, scheduleP99Ms, diskP50Ms, diskP99Ms } = await timers();
      const pair = (p50: number, p99: number) => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
      const figure = `${pair(scheduleP50Ms, scheduleP99Ms)}; the disk alone ${pair(diskP50Ms, diskP99Ms)}`;
      return { status: status(scheduleP99Ms < 5), figure };
    },
  },
  {
    id: "time-manager.skip",
    sentence: "Three days are skipped and everything in them happens once; the weather has moved along",
    measured: "two runs of a world, byte for byte (bench/time/skip.ts)",
    threshold: "72 hours, 24 phases, 6 activations, the runs equal",
    async run() {
      const skip = await benchJson<Skip>("bench/time/skip.ts", "--days", "3", "--kills", "0");
      const { hours, phases, activations, differs, sameWeather, calmSeconds } = skip;
      const well = hours === 72 && phases === 24 && activations === 6 && differs.length === 0 && sameWeather;
      const figure = `${hours} hours, ${phases} phases, ${activations} activations in ${calmSeconds.toFixed(1)} s, equal`;
      return { status: status(well), figure };
    },
  },
  {
    id: "time-manager.skip-kill9",
    sentence: "Killed in the middle of a skip of thirty days, the world comes to the very same end",
    measured: "SIGKILL during the skip, against an undisturbed run, every event's bytes (bench/time/skip.ts)",
    threshold: "720 hours, no event differs, the same weather",
    async run() {
      const { killed, hours, differs, sameWeather } = await benchJson<Skip>("bench/time/skip.ts");
      const figure = `${killed} kills, ${hours} hours, ${differs.length} types differ, weather ${sameWeather ? "the same" : "differs"}`;
      return { status: status(killed > 0 && hours === 720 && differs.length === 0 && sameWeather), figure };
    },
  },
  tested({
    id: "time-manager.pace",
    sentence:
      "A skip goes on by a game hour when all that follows from the last one has been said; who stands still for 10 s is left behind and named, and the clock goes on",
    files: [
      "services/time-manager/pacing.test.ts",
      "packages/bus/waiting.test.ts",
      "packages/simulation/handled.test.ts",
    ],
  }),
  {
    id: "time-manager.watch",
    sentence: "`orrery time watch` sees every update of a running world, none missing",
    measured: "a whole world at rate 60, 30 s, with --full 60 s (bench/time/watch.ts)",
    threshold: "one update a second, no game second missing; in 60 s one hour",
    async run(full) {
      const given = ["--seconds", full ? "60" : "30"];
      const { seconds, updates, hours, missingS, lateMsMedian, lateMsMost } = await benchJson<Watch>(
        "bench/time/watch.ts",
        ...given,
      );
      const well = Math.abs(updates - seconds) <= 1 && missingS === 0 && (!full || hours === 1);
      const late = `seen ${lateMsMedian.toFixed(0)} ms after their instant, ${lateMsMost.toFixed(0)} ms at most`;
      const figure = `${updates} updates and ${hours} hours in ${seconds} s, ${missingS} s missing, ${late}`;
      return { status: status(well), figure };
    },
  },
  tested({
    id: "time-manager.absence",
    sentence:
      "Ten minutes without a process: a clock that freezes goes on at the same second, one that catches up gains ten hours",
    files: ["apps/cli/run/absence.test.ts"],
  }),
  tested({
    id: "time-manager.holds",
    sentence:
      "Two hold the clock and one lets go: it still stands; a client shows the same second as the service",
    files: ["services/time-manager/clock.test.ts", "apps/cli/run/edge.test.ts"],
    titles: [
      "runs only while nobody holds it",
      "shows the same clock as the service, without being sent ticks",
      "comes back without a gap or a double after the socket is cut",
    ],
  }),
  tested({
    id: "time-manager.year",
    sentence:
      "Every day of a year has its eight phases in order; the sun rises before 04:45 at midsummer and after 07:30 at midwinter; so under any sky that a pack may have",
    files: ["services/time-manager/phases.test.ts"],
  }),
  tested({
    id: "time-manager.exact",
    sentence:
      "Timers fire once per due instant by rules drawn at random, over skips and their cancelling; instants convert there and back over any history; what is foretold is what comes; the same bytes however time is cut",
    files: [
      "services/time-manager/timers.test.ts",
      "services/time-manager/segments.test.ts",
      "services/time-manager/list-edges.test.ts",
      "services/time-manager/clock.test.ts",
    ],
  }),
];
