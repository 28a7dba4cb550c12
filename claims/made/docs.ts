import type { Claim } from "../claim.ts";
import { runProgram } from "../program.ts";
import { tested } from "../tested.ts";

export const claims: readonly Claim[] = [
  tested({
    id: "docs.in-step",
    sentence:
      "The pages and the code say the same: every error code, every command and option, every figure's claim, every link",
    files: ["tools/docs.test.ts", "apps/cli/run/cli-page.test.ts"],
  }),
  tested({
    id: "docs.example",
    sentence: "README's game client of twenty lines runs as it stands",
    files: ["apps/cli/run/instance.test.ts"],
    titles: ["watches the mill"],
  }),
  tested({
    id: "docs.players",
    sentence: "The page on players has a client that runs as it stands: it rings a bell, and is spoken of",
    files: ["apps/cli/run/players-page.test.ts"],
  }),
  {
    id: "docs.wire-format",
    sentence: "A reader written in Python from docs/wire-format.md alone reads every golden vector",
    measured: "packages/wire/interop/check.ts",
    threshold: "every vector",
    async run() {
      const { code, stdout, stderr } = await runProgram(["packages/wire/interop/check.ts"]);
      const said = (stdout.trim() || stderr.trim()).split("\n").at(-1) ?? "";
      return { status: code === 0 ? "pass" : code === 3 ? "not-run" : "fail", figure: said };
    },
  },
];
