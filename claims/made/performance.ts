import type { Claim } from "../claim.ts";
import { benchJson } from "../program.ts";
import { tested } from "../tested.ts";

const SERVICE = "services/performance-mode";
const SUITES = [`${SERVICE}/performance.test.ts`];

interface Speed {
  readonly clients: number;
  readonly reportsASecond: number;
  readonly coreShare: number;
  readonly reportP99Ms: number;
  readonly setModeP99Ms: number;
  readonly toldP99Ms: number;
  readonly bytesASession: number;
  readonly drift: number;
}

const MOST = { coreShare: 0.4, reportMs: 10, setModeMs: 20, toldMs: 50, sessionBytes: 2_560, drift: 0.1 };
const count = (value: number) => value.toLocaleString("en");

export const claims: readonly Claim[] = [
  {
    id: "performance.scale",
    sentence:
      "Ten thousand clients report every 5 s, and a change reaches the bus while a player still looks",
    measured:
      "10,000 clients for 30 s (5 min with --full), one in 20 with a load that the controller moves for, SetMode beside it, on disk (bench/performance/speed.ts)",
    threshold: `${100 * MOST.coreShare} % of a core, the clients' own work counted in; report p99 ${MOST.reportMs} ms; SetMode p99 ${MOST.setModeMs} ms; from its call to the event heard p99 ${MOST.toldMs} ms; ${count(MOST.sessionBytes)} bytes a session; memory grows by no more than ${100 * MOST.drift} % of it`,
    async run(full) {
      const own = await benchJson<Speed>(
        "bench/performance/speed.ts",
        ...(full ? ["--seconds", "300"] : ["--seconds", "30"]),
      );
      const well =
        own.coreShare <= MOST.coreShare &&
        own.reportP99Ms <= MOST.reportMs &&
        own.setModeP99Ms <= MOST.setModeMs &&
        own.toldP99Ms <= MOST.toldMs &&
        own.bytesASession <= MOST.sessionBytes &&
        own.drift <= MOST.drift;
      return {
        status: well ? "pass" : "fail",
        figure: `${count(own.clients)} clients, ${count(own.reportsASecond)} reports/s on ${Math.round(100 * own.coreShare)} % of a core, p99 ${own.reportP99Ms} ms; SetMode p99 ${own.setModeP99Ms} ms, heard ${own.toldP99Ms} ms after its call; ${count(own.bytesASession)} bytes a session, grown by ${Math.round(100 * own.drift)} %`,
      };
    },
  },
  tested({
    id: "performance.settles",
    sentence: "A client at 1.4 x its budget is within 10 % of its target in 3 minutes, and stays there",
    files: [`${SERVICE}/control/slow.test.ts`],
    titles: [
      "at 1.4 x the budget settles within 3 min to 10 % of the target, and stays for 30 min",
      "turns knobs until a heavier load fits, by what its lane is bound",
      "goes up by how busy the lanes are, though under vertical sync the interval never falls",
      "under any constant load changes at most 8 times, 20 s apart, and then stays",
      "under any load at all changes at most once in 20 s, and nothing that is pinned or locked",
    ],
  }),
  tested({
    id: "performance.gives-up",
    sentence: "Where no knob helps each is tried at most once, all is undone, and Explain says so",
    files: [`${SERVICE}/control/slow.test.ts`],
    titles: ["where no knob helps tries each at most once, undoes all of it, and then says so and stays"],
  }),
  tested({
    id: "performance.pace",
    sentence:
      "A mode changes how often a client is sent batches, and its network's trouble halves that; nothing transactional is missing, and no world can hear of it",
    files: ["apps/cli/run/pace.test.ts", "services/router/pace/pace.test.ts"],
    titles: [
      "sends each client batches as often as its mode says, and all that is transactional to both",
      "halves a client's batches while its network is over its budget, and all transactional events still arrive",
      "no part that keeps a world hears what clients show: nothing there can depend on it",
      "halves at once, and comes back by a quarter a minute",
      "waits twice as long each time it fails again, and forgets that after ten whole minutes",
    ],
  }),
  tested({
    id: "performance.restart",
    sentence:
      "After a restart profiles and what was learned are back, and nothing is told before a window is full",
    files: SUITES,
    titles: [
      "by its reports a session goes down, says why, and keeps what was learned over a restart",
      "a second process stands by, and goes on where the first one ended",
      "what the database would not take was not decided, and is decided again",
    ],
  }),
  tested({
    id: "performance.data",
    sentence:
      "A matrix with one cell gone and a budget off by .01 ms are refused with the place, and a capture fails by the child that is over",
    files: [
      `${SERVICE}/matrix/matrix.test.ts`,
      `${SERVICE}/budgets/tree.test.ts`,
      "apps/cli/run/performance-check.test.ts",
      ...SUITES,
    ],
    titles: [
      "with any one cell removed refuses, and names it",
      "with any child off by .01 ms is refused, with the node and the difference",
      "a budget that does not sum is refused, one that does is kept, and captures are held against it",
      "passes what comes with the service, and fails a matrix with a cell removed and a budget off by .01 ms",
    ],
  }),
  tested({
    id: "performance.windows",
    sentence: "Reports that come twice, late or out of order lead to the same state",
    files: [`${SERVICE}/windows/windows.test.ts`],
    titles: [
      "give the same state in any order, however often they come",
      "that come a little out of order, twice or late lead to the same decisions",
    ],
  }),
];
