import { execFileSync } from "node:child_process";
import type { Claim } from "../claim.ts";
import { benchJson } from "../program.ts";
import { tested } from "../tested.ts";

interface Welcome {
  readonly welcomeMs: number;
  readonly clockApartMs: number;
}

interface Cuts {
  readonly transactional: number;
  readonly away: Followed;
  readonly cuts: number;
  readonly gaps: number;
  readonly doubles: number;
  readonly differing: number;
}

interface Followed {
  readonly gaps: number;
  readonly doubles: number;
  readonly differing: readonly string[];
  readonly gapless: number;
}

interface Doors {
  readonly transactional: number;
  /** Acknowledged, and not in the journal. */
  readonly lost: number;
  readonly cuts: number;
  readonly kills: number;
  readonly gaps: number;
  readonly doubles: number;
  readonly differing: number;
}

interface Routes {
  readonly usualP99Ms: number;
  readonly slowP99Ms: number;
  readonly slowShare: number;
  readonly backShare: number;
  readonly failedWhileFailing: number;
  readonly askedACall: number;
  readonly failedAtKill: number;
}

interface Slow {
  readonly others: number;
  readonly closeCode: number;
  readonly saidSlow: boolean;
  readonly transactional: number;
  readonly gaps: number;
  readonly doubles: number;
  readonly aloneP99Ms: number;
  readonly duringP99Ms: number;
  readonly change: number;
}

interface Fuzz {
  readonly messages: number;
  readonly tokens: number;
  readonly entered: number;
  readonly unexpected: readonly string[];
  readonly neighbours: { readonly events: number; readonly gaps: number; readonly reconnects: number };
  readonly grownMiB: number;
  readonly failed: boolean;
}

interface Strange {
  readonly methods: number;
  readonly calls: number;
  readonly codes: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly wrong: readonly string[];
  readonly alive: boolean;
}

interface Sockets {
  readonly sockets: number;
  readonly eventsDeliveredPerS: number;
  readonly batchesAClientPerS: number;
  readonly coreShare: number;
  readonly kernelShare: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly emptyRssMiB: number;
  readonly idleKiBASocket: number;
  readonly loadedRssMiB: number;
}

interface Restart {
  readonly sockets: number;
  readonly snapshotP50Ms: number;
  readonly snapshotP99Ms: number;
  readonly resumeSeconds: number;
  readonly gapless: number;
  readonly said: number;
  readonly gaps: number;
}

interface Soak {
  readonly readings: number;
  readonly came: number;
  readonly heapMiB: number;
  readonly slopeMiBPerMinute: number;
}

const WELCOME_MS = 1_000;
const CLOCK_MS = 50;
const CHANGE = 0.1;
const SOCKETS = 2_000;
const EVENTS_A_CLIENT_PER_S = 160;
/** The most that a session may cost. */
const SESSION_KIB = 640;
const CORE = 0.7;
/** A batch of 50 ms, the realtime lane's linger of 10 ms, and 20 ms. */
const P99_MS = 80;

const IDLE_SOCKETS = 10_000;
const IDLE_MB = 300;
const SNAPSHOT_MS = 150;
const RESUMED = 1_000;
const RESUMED_FULL = 2_000;
const [LOST, BACK, SLOWER, FAILED, ASKED] = [0.1, 0.25, 2, 0.005, 1.13];
const RESUME_S = 10;
const SOAK_MINUTES = 30;
/** Of the heap, over the half hour: less cannot be told from where collections happen to fall. */
const FLAT = 0.05;

const cuts = (full: boolean) =>
  full
    ? benchJson<Cuts>("bench/edge/cuts.ts", "--seconds", "600", "--clients", "20")
    : benchJson<Cuts>("bench/edge/cuts.ts");

const sockets = (full: boolean) =>
  benchJson<Sockets>("bench/edge/sockets.ts", "--seconds", full ? "60" : "12");

const restart = (full: boolean) =>
  full
    ? benchJson<Restart>("bench/edge/restart.ts", "--sockets", String(RESUMED_FULL), "--load", "3200")
    : benchJson<Restart>("bench/edge/restart.ts", "--sockets", String(RESUMED));

/** Files that one process here may hold open. */
const mostFiles = (): number => {
  const said = execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim();
  return said === "unlimited" ? Number.POSITIVE_INFINITY : Number(said);
};

const status = (well: boolean) => (well ? "pass" : "fail");

export const claims: readonly Claim[] = [
  {
    id: "router.welcome",
    sentence: "A fresh client has its region within a second, and its clock needs no ticks",
    measured:
      "20 clients of the SDK one after the other; 40 readings against GetClock (bench/edge/welcome.ts)",
    threshold: `${WELCOME_MS} ms, clocks within ${CLOCK_MS} ms`,
    async run() {
      const { welcomeMs, clockApartMs } = await benchJson<Welcome>("bench/edge/welcome.ts");
      const figure = `${welcomeMs.toFixed(0)} ms at most, clocks within ${clockApartMs.toFixed(0)} ms`;
      return { status: status(welcomeMs <= WELCOME_MS && clockApartMs <= CLOCK_MS), figure };
    },
  },
  {
    id: "router.away",
    sentence: "A client that was cut off for 30 s resumes without a gap or a double",
    measured: "under load, against a client that was never cut (bench/edge/cuts.ts)",
    threshold: "0 gaps, 0 doubles, the same state",
    async run(full) {
      const { away, transactional } = await cuts(full);
      const { gaps, doubles, differing, gapless } = away;
      const figure = `${transactional} transactional events: ${gaps} gaps, ${doubles} doubles, ${differing.length} states differ`;
      const well = transactional > 1_000 && gapless > 0 && gaps + doubles + differing.length === 0;
      return { status: status(well), figure };
    },
  },
  {
    id: "router.cuts",
    sentence: "Clients that are cut every 3 to 9 s know in the end what one knows that never was",
    measured: "6 clients for 31 s, with --full 20 for 10 minutes (bench/edge/cuts.ts)",
    threshold: "0 gaps, 0 doubles, the same state to the byte",
    async run(full) {
      const { cuts: cut, gaps, doubles, differing } = await cuts(full);
      const figure = `${cut} cuts: ${gaps} gaps, ${doubles} doubles, ${differing} states differ`;
      return { status: status(cut > 10 && gaps + doubles + differing === 0), figure };
    },
  },
  {
    id: "router.doors",
    sentence:
      "Two doors, one killed now and then: whoever is cut off comes back by either and misses nothing, also of those who spoke once and fell silent",
    measured:
      "6 clients cut every 3 to 9 s, a door killed every 8 s under 640 events a second, with --full 200 times in 10 minutes under 3,200; somebody speaks once before and after each kill; against the journal's export (bench/edge/doors.ts)",
    threshold: "0 gaps, 0 doubles, the same state to the byte",
    async run(full) {
      const given = full
        ? ["--seconds", "603", "--kill-every", "3", "--events-per-s", "3200"]
        : ["--seconds", "20"];
      const result = await benchJson<Doors>("bench/edge/doors.ts", ...given);
      const { cuts: cut, kills, lost, gaps, doubles, differing, transactional } = result;
      const figure = `${cut} cuts, ${kills} doors killed, ${transactional} transactional events: ${gaps} gaps, ${doubles} doubles, ${differing} states differ`;
      const enough = kills >= (full ? 200 : 1) && cut > 5;
      return { status: status(enough && lost + gaps + doubles + differing === 0), figure };
    },
  },
  {
    id: "router.slow",
    sentence: "A client that reads too slowly is closed with a reason and resumes; the others do not notice",
    measured:
      "one at 4 KiB/s, with --full at 2 KiB/s, beside 500 at 160 events a second each (bench/edge/slow.ts)",
    threshold: `4008 SLOW, 0 gaps, 0 doubles, p99 of the others up by less than ${CHANGE * 100} %`,
    async run(full) {
      const given = full ? ["--bytes-per-s", "2048"] : [];
      const result = await benchJson<Slow>("bench/edge/slow.ts", ...given);
      const { closeCode, saidSlow, transactional, gaps, doubles, aloneP99Ms, duringP99Ms, change } = result;
      const well = closeCode === 4008 && saidSlow && transactional > 1_000 && gaps + doubles === 0;
      const p99s = `p99 of the others ${aloneP99Ms.toFixed(0)} ms without, ${duringP99Ms.toFixed(0)} ms with it`;
      const figure = `closed ${closeCode}, ${gaps} gaps, ${doubles} doubles; ${p99s}`;
      return { status: status(well && change < CHANGE), figure };
    },
  },
  {
    id: "router.fuzz",
    sentence:
      "Broken messages and bent tokens get coded answers; nobody enters, and neighbours notice nothing",
    measured: "20,000 messages (with --full 100,000) and 10,000 tokens (bench/edge/fuzz.ts)",
    threshold: "0 entered, no unexpected answer, heap flat, neighbours without a gap",
    async run(full) {
      const given = full ? ["--messages", "100000"] : [];
      const { messages, tokens, entered, unexpected, neighbours, grownMiB, failed } = await benchJson<Fuzz>(
        "bench/edge/fuzz.ts",
        ...given,
      );
      const well = !failed && neighbours.events > 100 && neighbours.gaps + neighbours.reconnects === 0;
      const figure = `${messages} messages, ${tokens} tokens: ${entered} entered, ${unexpected.length} unexpected answers, neighbours ${neighbours.gaps} gaps, heap ${grownMiB.toFixed(0)} MiB more`;
      return { status: status(well), figure };
    },
  },
  {
    id: "router.strange-calls",
    sentence: "Whatever a player or an operator puts into a call is answered, or refused with a code",
    measured:
      "every method of every contract that is open to them, with values that nobody expects, 30 times, with --full 300 (bench/edge/strange-calls.ts)",
    threshold: "no call without an answer, no error without a code, healthy afterwards",
    async run(full) {
      const given = ["--calls", full ? "300" : "30"];
      const result = await benchJson<Strange>("bench/edge/strange-calls.ts", ...given);
      const { methods, calls, codes, slowestMs, wrong, alive } = result;
      const said = `${Object.keys(codes).length} different answers, the slowest after ${slowestMs.toFixed(0)} ms`;
      const figure = `${calls} calls of ${methods} methods: ${said}; ${wrong[0] ?? "none without a code"}`;
      return { status: status(alive && wrong.length === 0 && calls >= methods * 30), figure };
    },
  },
  {
    id: "router.sockets",
    sentence: "2,000 sockets on one process, each sent 160 events a second",
    measured: "clients in another process; memory after a collection (bench/edge/sockets.ts)",
    threshold: `${SOCKETS} sockets, all events delivered, at most ${SESSION_KIB} KiB a socket`,
    async run(full) {
      const result = await sockets(full);
      const { eventsDeliveredPerS, idleKiBASocket, emptyRssMiB, loadedRssMiB } = result;
      const loadedKiB = ((loadedRssMiB - emptyRssMiB) * 1024) / result.sockets;
      const rate = `${Math.round(eventsDeliveredPerS / 1000)},000 events/s delivered`;
      const memory = `${idleKiBASocket.toFixed(0)} KiB a socket idle, ${loadedKiB.toFixed(0)} KiB under load`;
      const served = eventsDeliveredPerS >= 0.98 * SOCKETS * EVENTS_A_CLIENT_PER_S;
      const well = result.sockets >= SOCKETS && served && loadedKiB <= SESSION_KIB;
      return { status: status(well), figure: `${result.sockets} sockets, ${rate}, ${memory}` };
    },
  },
  {
    id: "router.speed",
    sentence: "An event is at 2,000 sockets within a batch and 20 ms, for most of a core at the most",
    measured: "the same run; from publication to socket on the realtime lane, and CPU time of the edge",
    threshold: `p99 at most ${P99_MS} ms, at most ${CORE * 100} % of a core`,
    async run(full) {
      const { p50Ms, p99Ms, coreShare, kernelShare, batchesAClientPerS } = await sockets(full);
      const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
      const cpu = `${percent(coreShare)} of a core (${percent(kernelShare)} in the kernel)`;
      const times = `p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`;
      const figure = `${times}, ${cpu} at ${batchesAClientPerS.toFixed(1)} batches a second each`;
      return { status: status(p99Ms <= P99_MS && coreShare <= CORE), figure };
    },
  },
  tested({
    id: "router.rights",
    sentence:
      "Every method, called by nobody, a player, another player, one who says to be a service, an operator, and with a token for another world, over HTTP and over a socket and while a stream runs: what the schema and the token declare is what happens",
    files: ["apps/cli/run/access.test.ts", "apps/cli/run/access-by-world.test.ts"],
  }),
  tested({
    id: "router.server-only",
    sentence:
      "No byte of a server-only field reaches a fresh player, in snapshots or in hours of live events",
    files: ["apps/cli/run/server-only.test.ts"],
  }),
  {
    id: "router.idle",
    sentence: "10,000 idle sockets fit into one process",
    measured: `memory after a collection (bench/edge/sockets.ts --load 0); fewer do not tell, as what greeting them took stands out`,
    threshold: `at most ${IDLE_MB} MB for ${IDLE_SOCKETS}`,
    long: true,
    async run() {
      const count = IDLE_SOCKETS;
      if (mostFiles() < count + 500)
        return { status: "not-run", figure: `${mostFiles()} open files allowed: ulimit -n ${count + 500}` };
      const given = ["--sockets", String(count), "--load", "0", "--seconds", "1"];
      const { sockets: open, idleKiBASocket } = await benchJson<Sockets>("bench/edge/sockets.ts", ...given);
      const megabytes = (idleKiBASocket * 1024 * open) / 1e6;
      const figure = `${open} sockets, ${megabytes.toFixed(0)} MB`;
      return { status: status(open === count && megabytes <= IDLE_MB), figure };
    },
  },
  {
    id: "router.snapshot",
    sentence: "A fresh client has the snapshot of one region at once",
    measured:
      "200 clients one after the other, from the socket's opening to the last part (bench/edge/restart.ts)",
    threshold: `p99 at most ${SNAPSHOT_MS} ms`,
    async run(full) {
      const { snapshotP50Ms, snapshotP99Ms } = await restart(full);
      const figure = `p50 ${snapshotP50Ms.toFixed(0)} ms, p99 ${snapshotP99Ms.toFixed(0)} ms`;
      return { status: status(snapshotP99Ms <= SNAPSHOT_MS), figure };
    },
  },
  {
    id: "router.restart",
    sentence:
      "When an edge was killed under load, its clients are back within 10 s of its restart and have missed nothing of what was acknowledged",
    measured:
      "kill -9, and 1,000 clients at 320 events a second, with --full 2,000 at 3,200, come back at once with their cursors; who published before is silent from then on; 64 of them held against the journal's export (bench/edge/restart.ts)",
    threshold: `all resumed without a snapshot, within ${RESUME_S} s, 0 gaps`,
    async run(full) {
      const { sockets: count, resumeSeconds, gapless, said, gaps } = await restart(full);
      const figure = `${gapless} of ${count} resumed in ${resumeSeconds.toFixed(1)} s, ${gaps} gaps in ${said} transactional events`;
      const well = gapless === count && gaps === 0 && said > 100;
      return { status: status(well && resumeSeconds <= RESUME_S), figure };
    },
  },
  {
    id: "router.routes",
    sentence:
      "An instance that turns slow loses its calls within two seconds and gets them back; one that fails or dies hardly costs a call, and nobody storms the others",
    measured:
      "three processes of one service, 300 calls a second whatever they do: one ten times slower for 8 s, one that fails for 5 s, one killed with -9 (bench/routes)",
    threshold: `the slow one under ${LOST * 100} % after 2 s and over ${BACK * 100} % once it is well, p99 of callers at most ${SLOWER} times the usual, under ${FAILED * 100} % failed after a kill, at most ${ASKED} asked a call`,
    async run() {
      const found = await benchJson<Routes>("bench/routes/main.ts");
      const { usualP99Ms, slowP99Ms, slowShare, backShare, askedACall, failedAtKill, failedWhileFailing } =
        found;
      const isWell =
        slowShare < LOST &&
        backShare > BACK &&
        slowP99Ms <= SLOWER * usualP99Ms &&
        failedAtKill < FAILED &&
        askedACall <= ASKED;
      const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
      return {
        status: status(isWell),
        figure: `slow ${percent(slowShare)}, back ${percent(backShare)}; p99 ${usualP99Ms} ms, with a slow one ${slowP99Ms} ms; failed ${percent(failedAtKill)} after a kill, ${percent(failedWhileFailing)} while one fails, ${askedACall} asked a call`,
      };
    },
  },
  {
    id: "router.heap",
    sentence: "The edge's heap is flat while sockets stay, come and go for half an hour",
    measured: `200 stay and one comes each 200 ms, under load; slope over the second half (bench/edge/soak.ts)`,
    threshold: `grows by at most ${FLAT * 100} % in ${SOAK_MINUTES} minutes`,
    long: true,
    async run() {
      const result = await benchJson<Soak>("bench/edge/soak.ts", "--minutes", String(SOAK_MINUTES));
      const { came, heapMiB, slopeMiBPerMinute } = result;
      const grown = (slopeMiBPerMinute * SOAK_MINUTES) / heapMiB;
      const figure = `${heapMiB.toFixed(0)} MiB, ${slopeMiBPerMinute.toFixed(2)} MiB more a minute; ${came} sockets`;
      return { status: status(grown <= FLAT), figure };
    },
  },
];
