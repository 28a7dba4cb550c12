import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherService } from "@orrery/schema/weather/v1";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openEdge } from "../edge.ts";
import { createProgram } from "../program.ts";
import { type Instance, startInstance } from "./instance.ts";

let root: string;
let instance: Instance;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "orrery-forward-"));
  const worlds = [{ id: "vale", pack: "hollowmere", seed: "s", rate: 60 }];
  const options = {
    data: root,
    port: 0,
    worlds,
    databaseUrl: undefined,
    consoleFolder: "",
    logLevel: "silent",
  };
  instance = await startInstance(options);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await instance.stop();
  rmSync(root, { recursive: true });
});

it("passes three days with the weather behind it, and says as JSON lines how far it is", async () => {
  const url = instance.host.url ?? "";
  const edge = await openEdge({ url, data: root, world: "vale" });
  const clock = await vi.waitUntil(() =>
    edge
      .client(TimeService)
      .getClock({ worldId: "vale" })
      .catch(() => undefined),
  );
  const fromGs = clock.now?.atGs ?? Number.NaN;
  const said = vi.spyOn(console, "log").mockImplementation(() => {});
  await createProgram().parseAsync(
    ["world", "fast-forward", "3d", "--url", url, "--data", root, "--world", "vale", "--json"],
    { from: "user" },
  );
  const lines = said.mock.calls.map(([line]) => JSON.parse(line as string));
  const done = lines.at(-1);
  expect(done).toMatchObject({ phase: "done", behind: 0 });
  expect(done.hours).toBeCloseTo(72, 6);
  expect(done.atGs).toBeGreaterThanOrEqual(fromGs + 3 * 86_400);
  const reached = lines.map(({ atGs }) => atGs);
  expect(reached).toEqual([...reached].sort((a, b) => a - b));
  const { atGs } = await edge.client(WeatherService).getWeather({ worldId: "vale", regionIds: [] });
  // The weather stands at the last full hour.
  expect(atGs).toBeGreaterThan(done.atGs - 3_600);
}, 60_000);
