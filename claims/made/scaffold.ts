import type { Claim } from "../claim.ts";
import { benchJson, lastWords, runProgram } from "../program.ts";

interface TwentyOne {
  readonly machine: string;
  readonly firstSeconds: number;
  readonly readySeconds: number;
  readonly startCpuSeconds: number;
  readonly rssMiB: number;
  readonly cores: number;
  readonly besideCores: number;
  readonly processes: number;
  readonly missing: readonly string[];
}

interface Names {
  readonly names: number;
  readonly started: number;
  readonly refused: number;
  readonly wrong: readonly string[];
}

const ONE = { seconds: 5, rssMiB: 260, cores: 0.06 } as const;
const EACH = { processes: 22, cores: 0.3 } as const;
/** With more than this going on beside it, a share of a core is no figure of its own. */
const QUIET_CORES = 0.5;

const beside = (cores: number) => (cores > QUIET_CORES ? `, beside ${cores.toFixed(1)} cores of others` : "");

export const claims: readonly Claim[] = [
  {
    id: "scaffold.names",
    sentence:
      "Whatever name `orrery new service` is given: what it writes works when it is started, or the name is refused with the reason",
    measured:
      "the ids of the twenty-one, every word that TypeScript or contracts keep for themselves, alone and as the first of an id, and 200 odd names of a seed: each judged, what is taken written into copies of the repository, checked for types and started (bench/scaffold/names.ts)",
    threshold:
      "each that is taken says its event; each that is refused says a code and the name, and a start refuses it too",
    long: true,
    async run() {
      const { stdout, stderr } = await runProgram(["bench/scaffold/names.ts", "--json"]);
      const line = stdout.trim().split("\n").at(-1) ?? "";
      if (!line.startsWith("{")) return { status: "fail", figure: lastWords(stderr) };
      const { names, started, refused, wrong } = JSON.parse(line) as Names;
      const figure = `${names} names: ${started} started, ${refused} refused`;
      const well = wrong.length === 0 && started > 100 && refused > 100;
      return {
        status: well ? "pass" : "fail",
        figure: well ? figure : `${figure}; ${wrong[0] ?? "too few"}`,
      };
    },
  },
  {
    id: "start.twenty-one",
    sentence: "Twenty-one services in one process: soon there, small, and at rest where nobody is",
    measured:
      "those that stand and the others as the scaffold writes them, in a copy of the repository, nobody living there, no page: median of three starts from the command to /readyz, resident memory and share of a core over a minute from 20 s on, the world moving at its usual rate (bench/twenty-one)",
    threshold: `ready in ${ONE.seconds} s, ${ONE.rssMiB} MB, ${ONE.cores} of a core`,
    long: true,
    async run() {
      const found = await benchJson<TwentyOne>("bench/twenty-one/main.ts");
      const { readySeconds, rssMiB, cores, missing } = found;
      const well =
        missing.length === 0 && readySeconds <= ONE.seconds && rssMiB <= ONE.rssMiB && cores <= ONE.cores;
      const took = `${readySeconds.toFixed(1)} s (${found.startCpuSeconds.toFixed(1)} s of a core; the first time ${found.firstSeconds.toFixed(1)} s)`;
      const idle = `${rssMiB.toFixed(0)} MB, ${cores.toFixed(3)} of a core`;
      const lost = missing.length === 0 ? "" : `; missing: ${missing.join(", ")}`;
      return {
        status: well ? "pass" : "fail",
        figure: `${took}, ${idle}${beside(found.besideCores)}${lost}`,
      };
    },
  },
  {
    id: "start.twenty-two-processes",
    sentence: "The same, each service in a process of its own, is at rest too",
    measured:
      "as start.twenty-one, with --processes per-service; their memory is what all take, shared pages once (bench/twenty-one --processes)",
    threshold: `${EACH.processes} processes, ${EACH.cores} of a core`,
    long: true,
    async run() {
      const found = await benchJson<TwentyOne>("bench/twenty-one/main.ts", "--processes");
      const { processes, cores, rssMiB, readySeconds } = found;
      const well = processes === EACH.processes && cores <= EACH.cores;
      const figure = `${processes} processes, ${cores.toFixed(2)} of a core, ${rssMiB.toFixed(0)} MB, ready in ${readySeconds.toFixed(1)} s`;
      return { status: well ? "pass" : "fail", figure: `${figure}${beside(found.besideCores)}` };
    },
  },
];
