import type { Claim } from "../claim.ts";
import { benchJson } from "../program.ts";
import { tested } from "../tested.ts";

interface StartBench {
  readonly firstSeconds: number;
  readonly seconds: number;
  readonly page: number;
  readonly rssMiB: number;
}

const SECONDS = 10;
const MEMORY_MIB = 420;

export const claims: readonly Claim[] = [
  {
    id: "start.page",
    sentence: "One command, and the page of a moving world can be opened",
    measured:
      "from the command to the URL, the page asked for, resident memory of the process 8 s later (bench/start)",
    threshold: `${SECONDS} s, ${MEMORY_MIB} MB`,
    async run() {
      const { seconds, page, rssMiB } = await benchJson<StartBench>("bench/start/main.ts");
      const well = seconds <= SECONDS && page === 200 && rssMiB <= MEMORY_MIB;
      return { status: well ? "pass" : "fail", figure: `${seconds.toFixed(1)} s, ${rssMiB.toFixed(0)} MB` };
    },
  },
  tested({
    id: "start.refusals",
    sentence:
      "A wrong setting, an unknown region, a subscription nobody publishes, a port in use, a damaged segment, an unwritable folder, two starts on one folder: each a coded sentence that says what to do",
    files: ["apps/cli/run/instance.test.ts", "packages/service/wiring.test.ts", "packages/pack/read.test.ts"],
  }),
  tested({
    id: "start.new-service",
    sentence:
      "`orrery new service` writes a service whose tests pass and whose event is on the stream at the next start",
    files: ["apps/cli/run/scaffold/new-service.scaffold.test.ts"],
    titles: ["gives a service whose tests pass and whose event is on the stream, and a lockfile that holds"],
    suite: "scaffold",
  }),
];
