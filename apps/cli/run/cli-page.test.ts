import { join } from "node:path";
import { expect, it } from "vitest";
import { createProgram } from "../program.ts";
import { ROOT } from "../root.ts";
import { cliPage, leavesOf } from "./cli-page.ts";

/** What they give is a world that runs, or a shell's script. */
const WITHOUT_JSON = ["start", "member", "dev", "completion"];

const program = createProgram();

it("says on its page what the command tree has, no more and no less", async () => {
  await expect(cliPage(program)).toMatchFileSnapshot(join(ROOT, "docs/cli.md"));
});

it("has --json wherever there is a result, and says what each command and option does", () => {
  const without = leavesOf(program)
    .filter(([, command]) => command.options.every(({ long }) => long !== "--json"))
    .map(([path]) => path);
  expect(without).toEqual(WITHOUT_JSON);
  for (const [path, command] of leavesOf(program)) {
    expect(command.description(), path).not.toBe("");
    for (const option of command.options) expect(option.description, `${path} ${option.flags}`).not.toBe("");
  }
});
