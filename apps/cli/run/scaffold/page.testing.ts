import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../root.ts";

/** What a page tells its reader to do, in its order. */
export type Step =
  | { readonly do: "write"; readonly file: string; readonly text: string }
  | { readonly do: "edit"; readonly file: string; readonly from: string; readonly to: string }
  /** Until it ends; a world goes on until the reader ends it. */
  | { readonly do: "run"; readonly command: string }
  | { readonly do: "begin"; readonly command: string };

const FILE = /[Ii]n `([^`]+)`:\n\n```(?:ts|proto)\n([^]*?)```/g;
const EDIT = /[Ii]n `([^`]+)`, `([^`]+)` becomes `([^`]+)`/g;
const COMMANDS = /```sh( run)?\n([^]*?)```/g;

/** @throws when code stands there that nobody is told to put anywhere */
export function stepsOf(page: string): readonly Step[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const found: { readonly at: number; readonly step: Step }[] = [];
  for (const { index: at, 1: file = "", 2: given = "" } of text.matchAll(FILE))
    found.push({ at, step: { do: "write", file, text: given } });
  for (const { index: at, 1: file = "", 2: from = "", 3: to = "" } of text.matchAll(EDIT))
    found.push({ at, step: { do: "edit", file, from, to } });
  for (const { index: at, 1: goesOn, 2: lines = "" } of text.matchAll(COMMANDS))
    for (const command of lines.trim().split("\n"))
      found.push({ at, step: { do: goesOn === undefined ? "run" : "begin", command } });
  const fences = text.match(/^```/gm)?.length ?? 0;
  const blocks = [...text.matchAll(FILE), ...text.matchAll(COMMANDS)].length;
  if (fences !== 2 * blocks)
    throw new Error(`${page} has ${fences / 2} blocks, and says of ${blocks} what to do`);
  return found.sort((a, b) => a.at - b.at).map(({ step }) => step);
}
