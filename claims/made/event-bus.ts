import { atMost, type Claim } from "../claim.ts";
import { benchJson, lastWords, runProgram } from "../program.ts";
import { tested } from "../tested.ts";

type Figures = Readonly<Record<string, number>>;

/** Such a program ends with 0 or 1 and prints one line of JSON; anything else is an error. */
async function figures(program: string, ...args: string[]): Promise<Figures> {
  const { stdout, stderr } = await runProgram([program, ...args, "--json"]);
  const last = stdout.trim().split("\n").at(-1) ?? "";
  if (!last.startsWith("{")) throw new Error(`${program} gave no figures: ${lastWords(stderr)}`);
  return JSON.parse(last) as Figures;
}

const journal = (program: string, ...args: string[]) => figures(`bench/journal/${program}`, ...args);

const forked = (full: boolean) => journal("fork.ts", "--events", full ? "1000000" : "200000");

/** One run at full speed for both claims; what JSON cannot say (never) comes as null. */
function volume(full: boolean): Promise<Readonly<Record<string, number | null>>> {
  return benchJson("bench/journal/volume.ts", "--find", "--seconds", full ? "300" : "20");
}

/** A heap is flat when its median in the second half of a run is at most a quarter and 25 MB above the first half's. */
const isFlat = (firstMb: number, secondMb: number) => secondMb <= 1.25 * firstMb + 25;

const ms = (value: number) => `${value.toFixed(1)} ms`;

export const claims: readonly Claim[] = [
  {
    id: "event-bus.kill9",
    sentence: "A journal that is killed with -9 under load equals the ledger of its writer, byte for byte",
    measured:
      "event-bus alone in a process, killed 5 times (20 with --full) under 20,000 events/s of another; its files read by other code (bench/journal/kill9.ts)",
    threshold: "0 frames or events missing, double or changed; 0 ordinals without an event",
    async run(full) {
      const {
        rounds,
        perSecond,
        written = 0,
        events = 0,
        missing,
        extra,
        changed,
        ordinals,
      } = await journal("kill9.ts", "--rounds", full ? "20" : "5");
      const wrong =
        (missing ?? 1) + (extra ?? 1) + (changed ?? 1) + (ordinals ?? 1) + Math.abs(written - events);
      return atMost(
        wrong,
        0,
        `${rounds} kills, ${written.toLocaleString("en")} events at ${perSecond}/s: ${missing} missing, ${extra} double, ${changed} changed`,
      );
    },
  },
  {
    id: "event-bus.disk-full",
    sentence: "A full disk makes the journal wait, not lose; room makes it go on by itself",
    measured:
      "a tmpfs of 64 MiB filled to the last block for 8 s (150 s with --full, longer than the bus retries) at 5,000 events/s (bench/journal/disk-full.ts)",
    threshold: "unhealthy while full, healthy afterwards; 0 events missing, double or changed",
    async run(full) {
      const { code, stdout, stderr } = await runProgram([
        "bench/journal/disk-full.ts",
        "--json",
        "--full-s",
        full ? "150" : "8",
      ]);
      if (code === 3) return { status: "not-run", figure: stderr.trim() };
      return { status: code === 0 ? "pass" : "fail", figure: stdout.trim() || lastWords(stderr) };
    },
  },
  {
    id: "event-bus.stalled",
    sentence: "A consumer that stands still shows, and what it has not handled is counted",
    measured: "SIGSTOP on a consumer's process under 2,000 events/s, then SIGCONT (bench/journal/stalled.ts)",
    threshold: "STALLED within 10 s; lag within 5 % of the ledger; back to 0",
    async run() {
      const { seenMs = Infinity, offPercent = Infinity, left = Infinity } = await journal("stalled.ts");
      return {
        status: seenMs <= 10_000 && offPercent <= 5 && left === 0 ? "pass" : "fail",
        figure: `STALLED after ${(seenMs / 1000).toFixed(1)} s; lag ${offPercent.toFixed(2)} % off; ${left} left afterwards`,
      };
    },
  },
  {
    id: "event-bus.volume",
    sentence: "80,000 events a second go into the journal, and those of a quiet world are found at once",
    measured:
      "100-byte events in full frames for 20 s (300 s with --full), then 5,000/s for 8 s; from making an event to its row being visible (bench/journal/volume.ts)",
    threshold:
      "lag p99 < 2 s, heap < 300 MB and flat (second half of the run at most a quarter and 25 MB above the first), index <= 40 B an event, nothing left behind; visible p99 < 300 ms",
    async run(full) {
      const loud = await volume(full);
      const quiet = await journal("volume.ts", "--rate", "5000", "--seconds", "8");
      const [rate, lag, heap, index, frame, behind, visible] = [
        loud["perSecond"] ?? 0,
        loud["lagP99Ms"] ?? Infinity,
        loud["heapMostMb"] ?? Infinity,
        loud["indexBytesAnEvent"] ?? Infinity,
        loud["frameBytesAnEvent"] ?? Infinity,
        (loud["behind"] ?? 1) + (quiet["behind"] ?? 1),
        quiet["lagP99Ms"] ?? Infinity,
      ];
      const [first, second] = [loud["heapFirstHalfMb"] ?? 0, loud["heapSecondHalfMb"] ?? Infinity];
      const well =
        isFlat(first, second) &&
        rate >= 79_000 &&
        lag < 2_000 &&
        heap < 300 &&
        index <= 40 &&
        behind === 0 &&
        visible < 300;
      return {
        status: well ? "pass" : "fail",
        figure: `${rate.toLocaleString("en")}/s, lag p99 ${ms(lag)}, heap at most ${heap.toFixed(0)} MB (${first.toFixed(0)} MB in the first half, ${second.toFixed(0)} in the second), ${frame.toFixed(0)} B of frames and ${index.toFixed(1)} B of index an event; at 5,000/s visible after ${ms(visible)}`,
      };
    },
  },
  {
    id: "event-bus.find",
    sentence: "Finding stays quick in a journal of a million events",
    measured: "1.6 M events (24 M with --full), 100 calls each at random places (bench/journal/find.ts)",
    threshold: "p99: Get < 5 ms; first page by type, key, entity < 150 ms; a chain of 50 < 150 ms",
    async run(full) {
      const found = await volume(full);
      const of = (name: string) => found[name] ?? Infinity;
      const slowest = Math.max(...["typeMs", "keyMs", "rareKeyMs", "entityMs", "chainMs"].map(of));
      const well = of("getMs") < 5 && slowest < 150 && (found["chain"] ?? 0) >= 50;
      return {
        status: well ? "pass" : "fail",
        figure: `${(found["events"] ?? 0).toLocaleString("en")} events: Get ${ms(of("getMs"))}, type ${ms(of("typeMs"))}, key ${ms(of("keyMs"))}, rare key ${ms(of("rareKeyMs"))}, entity ${ms(of("entityMs"))}, chain ${ms(of("chainMs"))}`,
      };
    },
  },
  {
    id: "event-bus.fork",
    sentence:
      "A world with a million events forks in a moment and costs its own part only; a diff names where two part",
    measured:
      "a world that lived 2.6 days, with a million events of others in its journal (200,000 without --full); forked twice, once without one WeatherChanged, a day passed in each (bench/journal/fork.ts)",
    threshold:
      "at most 2 MB more on disk; the diff names the one dropped event and nothing else; no event more in the parent",
    async run(full) {
      const { events = 0, bytes = Infinity, same = 0, apart = 0, parentEvents } = await forked(full);
      const well = bytes < 2e6 && apart === 1 && same > 100 && parentEvents === events;
      return {
        status: well ? "pass" : "fail",
        figure: `${events.toLocaleString("en")} events: ${Math.round(bytes / 1_000)} kB; ${same} events the same, ${apart} apart`,
      };
    },
  },
  {
    id: "event-bus.fork-lives",
    sentence: "A fork of a world with a million events lives in a moment",
    measured: "the same forks; from the call until its clock and its weather answer",
    threshold: "within 2 s",
    async run(full) {
      const { livesMs = Infinity } = await forked(full);
      return { status: livesMs < 2_000 ? "pass" : "fail", figure: `lives after ${ms(livesMs)}` };
    },
  },
  {
    id: "event-bus.letters",
    sentence: "What a broken handler gives up is kept whole, and handled once, there only, when it is mended",
    measured:
      "a handler that breaks on every second of 1,000 events, a neighbour that does not; mended, a dry run, a redrive at 50/s over the log on disk (bench/event-bus/letters.ts)",
    threshold:
      "500 letters with error, attempts and original bytes; 500 neighbours in the frames untouched; the dry run moves 0; each handled once, in order per key, 0 elsewhere, 0 left open; 45 to 50 a second",
    async run() {
      const found = await figures("bench/event-bus/letters.ts");
      const { perSecond = 0 } = found;
      const of = (name: string) => found[name] ?? Number.NaN;
      const whole = ["letters", "told", "untouched", "dryMatched", "sent", "handled", "redriven"];
      const none = ["dryMoved", "refused", "handledTwice", "disordered", "elsewhere", "left"];
      const well = whole.every((name) => of(name) === 500) && none.every((name) => of(name) === 0);
      return {
        status: well && perSecond >= 45 && perSecond <= 50.5 ? "pass" : "fail",
        figure: `${of("letters")} letters, ${of("told")} with all they need; ${of("handled")} handled at ${perSecond.toFixed(1)}/s, ${of("handledTwice")} twice, ${of("disordered")} out of order, ${of("elsewhere")} elsewhere`,
      };
    },
  },
  {
    id: "event-bus.webhooks",
    sentence:
      "A webhook gets every event, signed and in order per key, from a server that fails and by the hundred",
    measured:
      "100 events of 10 keys to a server that answers each key's first with 500 or too late, then 200 (500, then too late, then 200 with --full); then 5 events/s to 100 endpoints for 12 s (60 s); signatures by the public standardwebhooks library (bench/event-bus/webhooks.ts)",
    threshold:
      "each event taken once, 0 before an earlier one of its key, 0 signatures that do not verify; at least 490 deliveries/s, 0 missing, 0 double, p99 < 1 s",
    async run(full) {
      const seconds = full ? 60 : 12;
      const args = ["--seconds", String(seconds), ...(full ? ["--twice"] : [])];
      const found = await figures("bench/event-bus/webhooks.ts", ...args);
      const of = (name: string) => found[name] ?? Number.NaN;
      const none = ["takenTwice", "disordered", "unsigned", "doubled", "manyDisordered", "manyUnsigned"];
      const failed = full ? 10 : 5;
      const well =
        none.every((name) => of(name) === 0) &&
        of("taken") === 100 &&
        of("errors") === failed &&
        of("lateAnswers") === failed &&
        of("deliveries") === 500 * seconds &&
        of("perSecond") >= 490 &&
        of("p99Ms") < 1_000;
      return {
        status: well ? "pass" : "fail",
        figure: `${of("taken")} events after ${of("errors")} errors and ${of("lateAnswers")} late answers, ${of("disordered")} out of order; ${of("perSecond").toFixed(0)} deliveries/s to ${of("endpoints")} endpoints, p99 ${ms(of("p99Ms"))}; ${of("unsigned") + of("manyUnsigned")} not signed`,
      };
    },
  },
  {
    id: "event-bus.no-checkpoint",
    sentence: "A replay whose checkpoint is gone says that it did not run; it is never a pass",
    measured:
      "`orrery world replay` of a running world, before and after the weather's checkpoints are taken out of its journal (bench/event-bus/no-checkpoint.ts)",
    threshold: "before: PASS and exit code 0; after: NOT_RUN with the reason and exit code 3",
    async run() {
      const { code, stdout, stderr } = await runProgram(["bench/event-bus/no-checkpoint.ts", "--json"]);
      if (code !== 0) return { status: "fail", figure: lastWords(stderr) };
      const { before, exitBefore, removed, after, reason, exitAfter } = JSON.parse(stdout) as Record<
        string,
        unknown
      >;
      const well =
        before === "PASS" && exitBefore === 0 && removed !== 0 && after === "NOT_RUN" && exitAfter === 3;
      return {
        status: well && String(reason).includes("no checkpoint") ? "pass" : "fail",
        figure: `${before} with exit code ${exitBefore}; ${removed} frame taken out: ${after} with ${exitAfter}, ${reason}`,
      };
    },
  },
  {
    id: "event-bus.verify",
    sentence: "A journal is read back whole: one changed byte is found and its frame named",
    measured:
      "300,000 events (3 M with --full) in full frames verified, a byte of one frame on disk changed, verified again (bench/event-bus/verify.ts)",
    threshold: "0 damages and the same digest twice; then 1 damage, of that frame; at least 100,000 events/s",
    async run(full) {
      const args = ["--events", full ? "3000000" : "300000"];
      const found = await figures("bench/event-bus/verify.ts", ...args);
      const of = (name: string) => found[name] ?? Number.NaN;
      const well =
        of("events") === Number(args[1]) &&
        of("damagesBefore") === 0 &&
        of("sameDigest") === 1 &&
        of("damagesAfter") === 1 &&
        of("named") === 1 &&
        of("perSecond") >= 100_000;
      return {
        status: well ? "pass" : "fail",
        figure: `${of("events").toLocaleString("en")} events at ${Math.round(of("perSecond")).toLocaleString("en")}/s: ${of("damagesBefore")} damages; after a changed byte ${of("damagesAfter")}, ${of("named")} of them where it was`,
      };
    },
  },
  {
    id: "event-bus.day",
    sentence: "A day of the default world takes little of the disk",
    measured:
      "journal and index of 10 game days (30 with --full) skipped through, at 60 a day, and of 20 s (120 s) of running at the default rate, for a day (bench/event-bus/day.ts)",
    threshold: "at most 150 MB a day",
    async run(full) {
      const args = full ? ["--days", "30", "--seconds", "120"] : [];
      const found = await figures("bench/event-bus/day.ts", ...args);
      const of = (name: string) => found[name] ?? Infinity;
      return atMost(
        of("mbADay"),
        150,
        `${of("mbADay").toFixed(0)} MB a day: ${of("mbOfDays").toFixed(1)} of what its game days say, ${of("mbOfRunning").toFixed(0)} of running`,
      );
    },
  },
  {
    id: "event-bus.tails",
    sentence: "Fifty tails at once add less than 50 ms to what a lane lingers",
    measured:
      "50 tails on 200 events/s that are sent without a linger; from making an event to hearing of it, the p99 of each of 10 seconds (bench/journal/tail.ts --steady)",
    threshold: "the median of these p99 < 50 ms; 0 gaps, 0 repeats",
    async run() {
      const found = await journal("tail.ts", "--steady");
      const { gaps = 1, repeats = 1, short = 1, p99OfASecondMs = Infinity, p50Ms = Infinity } = found;
      return {
        status: gaps + repeats + short === 0 && p99OfASecondMs < 50 ? "pass" : "fail",
        figure: `${found["tails"]} tails: p50 ${ms(p50Ms)}, p99 of a second ${ms(p99OfASecondMs)}, latest ${ms(found["latestMs"] ?? Infinity)}`,
      };
    },
  },
  {
    id: "event-bus.tail",
    sentence: "A tail hears of an event at once, and goes on by its position without a gap or a repeat",
    measured:
      "50 tails at once cut off at random places, over the service's RPC inside its process (bench/journal/tail.ts); `orrery bus tail --type 'weather.*'` on a running Orrery, resumed twice (bench/journal/cli-tail.ts)",
    threshold: "each within 1 s; 0 gaps, 0 repeats",
    async run() {
      const {
        tails,
        resumes,
        gaps = 1,
        repeats = 1,
        short = 1,
        p99Ms = Infinity,
        latestMs,
      } = await journal("tail.ts");
      const cli = await journal("cli-tail.ts");
      const wrong = gaps + repeats + short + (cli["missing"] ?? 1) + (cli["repeated"] ?? 1);
      const latest = Math.max(latestMs ?? Infinity, cli["latestMs"] ?? Infinity);
      return {
        status: wrong === 0 && latest < 1_000 ? "pass" : "fail",
        figure: `${tails} tails, ${resumes} resumes: ${gaps} gaps, ${repeats} repeats, p99 ${ms(p99Ms)}; on the command line ${cli["heard"]} events, ${cli["missing"]} missing, ${cli["repeated"]} repeated, latest after ${ms(cli["latestMs"] ?? Infinity)}`,
      };
    },
  },
  tested({
    id: "event-bus.erased",
    sentence:
      "Erasing a person destroys their key: events, digests and everybody else stay, their fields read ERASED in journal, state, forks and exports, and no file holds the key",
    files: ["services/event-bus/erasing/erasing.test.ts", "apps/cli/run/erase.test.ts"],
  }),
  tested({
    id: "event-bus.pages",
    sentence:
      "Pages neither repeat nor miss while events arrive; a tail from a position is the query after it",
    files: ["services/event-bus/journal/pages.test.ts"],
  }),
  tested({
    id: "event-bus.retention",
    sentence:
      "Pruning takes what retention allows and nothing else; a pin holds a stretch; what is packed reads back",
    files: ["services/event-bus/retention/retention.test.ts"],
  }),
  tested({
    id: "event-bus.game-days",
    sentence:
      "Days of a world count from where its slowest writer has come: they stand while its clock stands, a year's jump takes nothing that somebody still goes over, and a fork holds what it began with",
    files: [
      "services/event-bus/retention/game-days.test.ts",
      "services/event-bus/retention/setting.test.ts",
      "services/event-bus/retention/pace.test.ts",
    ],
  }),
];
