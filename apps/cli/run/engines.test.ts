import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host } from "@orrery/service";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createProgram } from "../program.ts";
import { startWorldInMemory } from "./world.testing.ts";

const data = mkdtempSync(join(tmpdir(), "orrery-engines-"));
const SECRET = "a secret of the hook";
let host: Host;
beforeAll(async () => {
  process.env["UNREAL_HOOK_SECRET"] = SECRET;
  host = await startWorldInMemory("vale", 60, data);
});
afterAll(async () => {
  delete process.env["UNREAL_HOOK_SECRET"];
  await host.stop();
  rmSync(data, { recursive: true });
});

type Row = Readonly<Record<string, unknown>>;

/** What a command prints, as JSON. */
async function orrery(...args: readonly string[]): Promise<Row[]> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {});
  process.exitCode = 0;
  try {
    const where = ["--url", host.url ?? "", "--data", data, "--json"];
    await createProgram().parseAsync([...args, ...where], { from: "user" });
    return log.mock.calls.map(([line]) => JSON.parse(String(line)) as Row);
  } finally {
    vi.restoreAllMocks();
    process.exitCode = 0;
  }
}
const engines = (...args: readonly string[]) => orrery("engines", ...args);

describe("versions of the engine in a whole world", () => {
  it("are there from the first start on, without a network", async () => {
    await vi.waitUntil(async () => (await engines("list"))[0]?.["standing"] !== "not known", {
      timeout: 10_000,
    });
    expect(await engines("list")).toMatchObject([
      { subject: "unreal-engine", current: "5.6.1", newest: "5.7.0", standing: "minor behind" },
    ]);
    const sources = await engines("sources", "unreal-engine");
    expect(sources.map(({ source, status }) => `${source} ${status}`)).toEqual([
      "unreal-engine-file ok",
      "unreal-engine-tags disabled",
      "unreal-engine-push ok",
    ]);
    const [newest, ...older] = await engines("versions", "unreal-engine", "--channel", "stable");
    expect(newest).toMatchObject({ version: "5.7.0", tag: "5.7.0-release", notice: "announced" });
    expect(older.every(({ notice }) => notice === "new")).toBe(true);
    expect(await engines("check")).toMatchObject([
      { result: "skipped" },
      { result: "skipped" },
      { result: "skipped" },
    ]);
  });

  it("come in by a hook that is signed, and by no other", async () => {
    const body = JSON.stringify({
      tag: "5.8.0-release",
      notes: "# Rendering\n- Improves MegaLights\n- Adds a new sky",
    });
    const atS = Math.floor(Date.now() / 1_000);
    const send = async (secret: string) => {
      const seal = createHmac("sha256", secret).update(`${atS}.${body}`).digest("hex");
      const headers = { "orrery-signature": `t=${atS},v1=${seal}`, "content-type": "application/json" };
      const url = `${host.url}/hooks/ue-version-monitor/unreal-engine-push`;
      return (await fetch(url, { method: "POST", headers, body })).status;
    };
    expect(await send("guessed")).toBe(403);
    expect(await send(SECRET)).toBe(200);
    expect((await engines("versions"))[0]).toMatchObject({ version: "5.8.0", notice: "announced" });
  });

  it("are upgraded to step by step, and the catalogue has what was approved of them, and nothing else", async () => {
    const found = await engines("drafts", "list", "unreal-engine");
    expect(found.map(({ change, feature, sure }) => `${change} ${feature} ${sure}`)).toEqual([
      "enhanced megalights 1",
      "introduced ? 0.5",
    ]);
    await engines("drafts", "approve", String(found[0]?.["draft"]));
    const [proposed] = await engines(
      "upgrade",
      "propose",
      "unreal-engine",
      "5.8.0",
      "--reason",
      "more lights",
    );
    const id = String(proposed?.["upgrade"]);
    await engines("upgrade", "approve", id);
    const reaches = (state: string) =>
      vi.waitUntil(async () => (await engines("upgrade", "list"))[0]?.["state"] === state, {
        timeout: 10_000,
      });
    await reaches("building");
    await engines("upgrade", "report", id, "--step", "building", "--artefact", `server=${"a".repeat(64)}`);
    await engines(
      "upgrade",
      "report",
      id,
      "--step",
      "testing",
      "--suite",
      "smoke=passed",
      "--suite",
      "replication=passed",
    );
    await expect(engines("upgrade", "report", id, "--step", "canary")).rejects.toThrow(/ENGINE_REPORT/);
    await engines("upgrade", "report", id, "--step", "canary", "--reason", "it looks well");
    const steps = await engines("upgrade", "show", id);
    expect(steps.map(({ state }) => state)).toEqual([
      ...["proposed", "approved", "building", "testing", "canary", "promoted"],
    ]);
    expect((await engines("list"))[0]).toMatchObject({ current: "5.8.0", standing: "up to date" });
    const features = await vi.waitUntil(
      async () => {
        const [row] = await orrery("capabilities", "diff", "5.7.0", "5.8.0").catch(() => []);
        return row;
      },
      { timeout: 10_000 },
    );
    expect(JSON.stringify(features)).toMatch(/megalights/);
  });
});
