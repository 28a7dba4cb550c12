import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherService } from "@orrery/schema/weather/v1";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openEdge } from "../edge.ts";
import { EXIT } from "../exit.ts";
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
}, 30_000);
afterEach(async () => {
  vi.restoreAllMocks();
  await instance.stop();
  rmSync(root, { recursive: true });
});

const orrery = (...args: string[]) =>
  createProgram().parseAsync([...args, "--url", instance.host.url ?? "", "--data", root, "--world", "vale"], {
    from: "user",
  });
const said = () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  return () => [...log.mock.calls, ...error.mock.calls].map(([line]) => String(line)).join("\n");
};
const edgeOf = () => openEdge({ url: instance.host.url ?? "", data: root, world: "vale" });

describe("a skip that is too long to be lived through now", () => {
  afterEach(() => {
    process.exitCode = 0;
  });

  it.each([
    ["time", "skip", "400d"],
    ["world", "fast-forward", "400d"],
  ])("is not begun by %s %s %s, unless --yes says that it is meant", async (...command) => {
    await expect(orrery(...command)).rejects.toThrow(/TIME_SKIP_LONG.*--yes/);
    const { running } = await (await edgeOf()).client(TimeService).getSkip({ worldId: "vale" });
    expect(running).toBe(false);
  });

  it("ends by Ctrl-C where the clock has come to, and says so", async () => {
    const words = said();
    const done = orrery("world", "fast-forward", "3000d", "--yes");
    const time = (await edgeOf()).client(TimeService);
    await vi.waitUntil(async () => (await time.getSkip({ worldId: "vale" })).running);
    process.emit("SIGINT");
    await done;
    expect(words()).toMatch(/You stopped it: the clock stands at day \d+/);
    expect(process.exitCode).toBe(EXIT.interrupted);
    expect((await time.getSkip({ worldId: "vale" })).running).toBe(false);
  });

  it.each([
    ["time cancel", /"cancelled":true/, undefined],
    ["time pause", /The skip that ran has ended at day/, "cli"],
  ] as const)("ends by `orrery %s`, and whoever waits for it is told", async (command, words, holds) => {
    const spoken = said();
    const done = orrery("time", "skip", "3000d", "--yes");
    const time = (await edgeOf()).client(TimeService);
    await vi.waitUntil(async () => (await time.getSkip({ worldId: "vale" })).running);
    await orrery(...command.split(" "), "--json");
    await done;
    expect(spoken()).toMatch(words);
    expect(spoken()).toMatch(/Somebody else ended it/);
    const { cursorGs, running } = await time.getSkip({ worldId: "vale" });
    expect([running, cursorGs < 3_000 * 86_400]).toEqual([false, true]);
    expect(Object.keys((await time.getClock({ worldId: "vale" })).holds)[0]).toBe(holds);
  });
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
  expect(done.signs).toMatchObject({
    people: expect.stringMatching(/^(29\d|300), and \d died$/),
    fed: expect.stringMatching(/^\d+ of (29\d|300) were never in want of food$/),
    prices: expect.stringMatching(/^\d\.\d\d to \d\.\d\d of the usual/),
    "roads closed": expect.stringMatching(/^\d+ of \d+$/),
    land: expect.stringMatching(/^[a-z-]+ \d+, .*; \d+ changed hands$/),
  });
  const reached = lines.map(({ atGs }) => atGs);
  expect(reached).toEqual([...reached].sort((a, b) => a - b));
  const { atGs } = await edge.client(WeatherService).getWeather({ worldId: "vale", regionIds: [] });
  // The weather stands at the last full hour.
  expect(atGs).toBeGreaterThan(done.atGs - 3_600);
}, 60_000);
