import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { ROOT } from "../root.ts";
import { startInstance } from "./instance.ts";

it("the page on players has a client that runs as it stands: it rings a bell, and is spoken of", async () => {
  const [, code = ""] =
    /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, "docs/players.md"), "utf8")) ?? [];
  expect(code).toContain("http://127.0.0.1:7070");
  const data = mkdtempSync(join(tmpdir(), "orrery-players-"));
  const worlds = [{ id: "hollowmere", pack: "hollowmere", seed: "s", rate: 600 }];
  const instance = await startInstance({
    ...{ data, port: 0, worlds, databaseUrl: undefined, consoleFolder: "", logLevel: "silent" },
  });
  // Beside the workspace's modules, as a game's own code would stand beside its own.
  const file = join(ROOT, `.bench-players-${process.pid}.mts`);
  try {
    writeFileSync(file, code.replace("http://127.0.0.1:7070", instance.host.url ?? ""));
    const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 60_000 });
    expect(stdout).toMatch(/^\d+ know: .*Market Bell/m);
  } finally {
    rmSync(file, { force: true });
    await instance.stop();
    rmSync(data, { recursive: true, force: true });
  }
}, 90_000);
