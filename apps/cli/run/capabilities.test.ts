import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InstanceState, RegistryService } from "@orrery/schema/capability/v1";
import type { Host } from "@orrery/service";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createProgram } from "../program.ts";
import { serviceIds } from "./services.ts";
import { startWorldInMemory } from "./world.testing.ts";

const data = mkdtempSync(join(tmpdir(), "orrery-capabilities-"));
const START_MS = 15_000;
let host: Host;
beforeAll(async () => {
  host = await startWorldInMemory("vale", 60, data);
});
afterAll(async () => {
  await host.stop();
  rmSync(data, { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** What `orrery capabilities … --json` prints, and its exit code. */
async function orrery(...args: readonly string[]) {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  process.exitCode = 0;
  const where = ["--url", host.url ?? "", "--data", data, "--json"];
  await createProgram().parseAsync(["capabilities", ...args, ...where], { from: "user" });
  const rows = log.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  const said = error.mock.calls.map(([line]) => String(line));
  vi.restoreAllMocks();
  return { rows, said, code: process.exitCode };
}

describe("a world that has started", () => {
  it("has every service READY in the topology, and no subscription without a publisher", async () => {
    const registry = host.directory.client(RegistryService, { role: "admin", id: "t", scopes: [] });
    const ready = async () => {
      const { services } = await registry.getTopology({});
      return services.flatMap(({ serviceId, ready: count }) => (count > 0 ? [serviceId] : []));
    };
    await vi.waitUntil(async () => (await ready()).length === serviceIds().length, { timeout: START_MS });
    expect(await ready()).toEqual(serviceIds());
    const { unpublished, fingerprints } = await registry.getTopology({});
    expect(unpublished).toEqual([]);
    expect(fingerprints).toHaveLength(1);
    const { instances } = await registry.listInstances({});
    expect(new Set(instances.map(({ sourceId }) => sourceId)).size).toBe(1);
    expect(instances.every(({ state }) => state === InstanceState.READY)).toBe(true);
    const door = instances.find(({ registration }) => registration?.serviceId === "router");
    expect(door?.registration?.endpoints.at(-1)?.address).toBe(host.url);
  });

  it("shows them in the terminal, and where a call could go", async () => {
    const { rows, said, code } = await orrery("services");
    expect(rows.map(({ service, state }) => `${service} ${state}`)).toEqual(
      serviceIds().map((id) => `${id} ready`),
    );
    expect([said, code]).toEqual([[], 0]);
    const found = await orrery("resolve", 'type = "rpc" and name = "time.v1.TimeService"');
    expect(found.rows).toMatchObject([
      { service: "time-manager", capability: "time.v1.TimeService", weight: 1 },
    ]);
    await expect(orrery("resolve", "type = ")).rejects.toThrow("column 8");
  });

  it("says what engines can show", async () => {
    const { rows } = await orrery("diff", "5.6.1", "5.7.0");
    expect(rows).toContainEqual(expect.objectContaining({ change: "enhanced", feature: "megalights" }));
    const on = ["--engine", "terminal"];
    const shown = await orrery("suggest", "storm", "night", "crowd", ...on);
    expect(shown.rows.map(({ feature }) => feature)).toContain("plain_text");
    const where = ["--engine", "web", "--preset", "low"];
    const checked = await orrery(
      "check",
      "canvas_particles:intensity=0.8,kind=snow",
      "webgpu_scene",
      ...where,
    );
    expect(checked.rows).toMatchObject([{ ok: "yes" }, { ok: "no", "in its place": "canvas_map" }]);
    expect(checked.code).toBe(1);
    expect((await orrery("features", ...on)).rows).toHaveLength(4);
    expect((await orrery("matrix")).rows).toContainEqual(
      expect.objectContaining({ feature: "path_tracer", windows: "ultra", linux: "-" }),
    );
  });
});
