import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { importsIn } from "./imports.ts";
import { wrongWith } from "./judge.ts";
import { ROOMS } from "./rooms.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** Services of one word and of two, beside those that are there. */
const SERVICES = ["services/payment", "services/world-state"];
const FOLDERS = ROOMS.flatMap(({ folder }) => (folder === "services/*" ? SERVICES : [folder]));
const roomName = (folder: string) => (SERVICES.includes(folder) ? "services/*" : folder);
const nameOf = (folder: string) => `@orrery/${folder.split("/").at(-1)}`;

/** The same import, as it may be written. */
const SPELLINGS: Readonly<Record<string, (specifier: string) => string>> = {
  named: (of) => `import { x } from "${of}";\nexport const y = x;\n`,
  types: (of) => `import type { X } from "${of}";\nexport type Y = X;\n`,
  sideways: (of) => `export * from '${of}';\n`,
  bare: (of) => `import "${of}";\n`,
  late: (of) => `export const y = () => import("${of}");\n`,
  spread: (of) => `import {\n  x,\n  z as w,\n} from "${of}";\nexport const y = [x, w];\n`,
};

let root = "";
afterEach(() => rmSync(root, { recursive: true, force: true }));

function planted(files: ReadonlyMap<string, string>): readonly (string | undefined)[] {
  root = mkdtempSync(join(tmpdir(), "orrery-walls-"));
  const all = new Map(files);
  for (const folder of FOLDERS) all.set(`${folder}/package.json`, JSON.stringify({ name: nameOf(folder) }));
  for (const [path, text] of all) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return importsIn(root).map(wrongWith);
}

/** One file for each pair of rooms and each spelling, by name and by path. */
function pairs(allowed: boolean): Map<string, string> {
  const files = new Map<string, string>();
  for (const from of FOLDERS) {
    const { sees } = ROOMS.find(({ folder }) => folder === roomName(from)) as (typeof ROOMS)[number];
    for (const to of FOLDERS) {
      if (from === to || sees.includes(roomName(to)) !== allowed) continue;
      for (const [spelling, write] of Object.entries(SPELLINGS)) {
        const file = `${from}/deep/${spelling}-${to.replace("/", "-")}.ts`;
        if (to !== "tools") files.set(file, write(`${nameOf(to)}/part.ts`));
        if (!allowed || !/^(schema|packages\/)/.test(to))
          files.set(file.replace(".ts", "-path.ts"), write(relative(`${from}/deep`, `${to}/part.ts`)));
      }
    }
  }
  return files;
}

describe("the walls between rooms", () => {
  it("stand in this repository", () => {
    expect(importsIn(ROOT).flatMap((one) => wrongWith(one) ?? [])).toEqual([]);
  });

  it("know every import between two rooms that may not see each other, however it is written", () => {
    const files = pairs(false);
    const found = planted(files);
    expect(files.size).toBeGreaterThan(2_000);
    expect(found).toHaveLength(files.size);
    expect(found.filter((sentence) => sentence === undefined)).toEqual([]);
  });

  it("raise no false alarm where they may", () => {
    const files = pairs(true);
    expect(files.size).toBeGreaterThan(300);
    expect(planted(files).filter((sentence) => sentence !== undefined)).toEqual([]);
  });

  it("let a package be reached by its name alone", () => {
    const [wrong] = planted(new Map([["bench/a.ts", 'import "../packages/wire/frame/reader.ts";\n']]));
    expect(wrong).toMatch(/bench\/a\.ts.*import packages\/wire by its name/);
  });

  it("keep Node out of what runs in browsers, and let its tests have it", () => {
    const files = new Map(
      ["node:fs", "fs", "fs/promises"].map((name, at) => [
        `packages/client/a${at}.ts`,
        `import "${name}";\n`,
      ]),
    );
    files.set("packages/client/a.test.ts", 'import "node:fs";\n');
    files.set("packages/client/b.ts", 'import "ws";\n');
    expect(planted(files).filter((sentence) => sentence?.includes("runs in browsers"))).toHaveLength(3);
  });

  it("ask for a room of a folder that has none", () => {
    expect(planted(new Map([["packages/new/a.ts", 'import "@orrery/wire";\n']]))[0]).toMatch(
      /is no room yet/,
    );
  });
});
