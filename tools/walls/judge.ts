import { isBuiltin } from "node:module";
import type { Import } from "./imports.ts";
import { isTesting, roomOf } from "./rooms.ts";

const isNodes = (specifier: string) => specifier.startsWith("node:") || isBuiltin(specifier);
const isPackage = (folder: string) => folder === "schema" || folder.startsWith("packages/");

/** What is wrong with an import, as a sentence; undefined: nothing. */
export function wrongWith({ file, specifier, target }: Import): string | undefined {
  const from = roomOf(file);
  if (from === undefined)
    return `${file}: this folder is no room yet; say in tools/walls/rooms.ts whom it sees`;
  const testing = isTesting(file);
  if (target === undefined) {
    const { browser } = from.room;
    if (browser === undefined || testing || browser.built.includes(file) || !isNodes(specifier))
      return undefined;
    return `${file}: imports ${specifier}, but ${from.folder} runs in browsers`;
  }
  const to = roomOf(target);
  if (to?.folder === from.folder) return undefined;
  const seen = [...from.room.sees, ...(testing ? (from.room.testsSee ?? []) : [])];
  if (to !== undefined && seen.includes(to.room.folder)) {
    if (testing || !specifier.startsWith(".") || !isPackage(to.folder)) return undefined;
    return `${file}: imports ${specifier}; import ${to.folder} by its name, which shows only what it means to show`;
  }
  const sight = seen.length === 0 ? "sees no other room" : `sees ${seen.join(", ")} only`;
  return `${file}: imports ${specifier} of ${to?.folder ?? target}, but ${from.folder} ${sight}`;
}
