import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readPack } from "@orrery/pack";
import { expect, it } from "vitest";
import { packFiles } from "./pack-template.ts";

it("is a pack that the loader takes without a word, under its own name", async () => {
  const root = mkdtempSync(join(tmpdir(), "orrery-pack-"));
  try {
    for (const [file, text] of Object.entries(packFiles("low-fen"))) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    const { pack } = await readPack(join(root, "worlds/low-fen"));
    expect(pack).toMatchObject({ id: "low-fen", title: "Low Fen", calendar: { id: "low-fen" } });
    expect(pack.land?.regions).toHaveLength(4);
  } finally {
    rmSync(root, { recursive: true });
  }
});
