import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConnectError } from "@connectrpc/connect";
import { CommanderError } from "commander";
import { OrreryError } from "@orrery/wire";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { openEdge } from "../edge.ts";
import { EXIT, exitOf } from "../exit.ts";
import { createProgram } from "../program.ts";
import { type Instance, startInstance } from "./instance.ts";

let root: string;
let instance: Instance;
const options = () => ({
  data: root,
  port: 0,
  worlds: [{ id: "vale", pack: "hollowmere", seed: "s", rate: 60 }],
  databaseUrl: undefined,
  consoleFolder: "",
  logLevel: "silent",
});

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "orrery-refusals-"));
  instance = await startInstance(options());
}, 60_000);
afterAll(async () => {
  await instance.stop();
  rmSync(root, { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** Runs a command in this process. @returns what it printed as JSON, or what it failed with */
async function orrery(...args: string[]): Promise<{ rows: Record<string, unknown>[]; error: unknown }> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {});
  const around = ["--url", instance.host.url ?? "", "--data", root, "--world", "vale", "--json"];
  const error: unknown = await createProgram()
    .parseAsync([...args, ...around], { from: "user" })
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  const rows = log.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  vi.restoreAllMocks();
  return { rows, error };
}
const exitCode = (error: unknown) =>
  error instanceof OrreryError || error instanceof ConnectError ? exitOf(error) : undefined;

describe("a command that is refused", () => {
  it.each([
    ["NATS_REPLICAS", "2", /NATS_REPLICAS.*1, 3 or 5/],
    ["ORRERY_PORT", "70000", /ORRERY_PORT/],
    ["ORRERY_LOG", "loud", /ORRERY_LOG.*debug, info/],
  ])("names the variable %s when it is wrong, and no other command minds it", async (name, value, words) => {
    vi.stubEnv(name, value);
    try {
      const program = createProgram();
      vi.spyOn(process.stderr, "write").mockImplementation(() => true);
      const started = program.parseAsync(["start", "--data", root], { from: "user" });
      await expect(started).rejects.toThrow(words);
      expect((await orrery("time", "now")).error).toBeUndefined();
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("makes no world of the platform's name: not at a start, and not in what runs", async () => {
    const worlds = [{ id: "platform", pack: "hollowmere", seed: "s", rate: 60 }];
    const data = join(root, "other");
    await expect(startInstance({ ...options(), data, worlds })).rejects.toThrow(/CLI_NAME_TAKEN.*platform/);
    expect(existsSync(data)).toBe(false);
    await expect(instance.operator.ensure(worlds[0] as never)).rejects.toThrow(/CLI_NAME_TAKEN.*platform/);
  });

  it("says what is wrong with the admin's secret, not that nobody is there", async () => {
    const other = mkdtempSync(join(tmpdir(), "orrery-other-"));
    mkdirSync(join(other, "router"));
    writeFileSync(join(other, "router", "admin-secret"), "another one's");
    const refused: unknown = await openEdge({ url: instance.host.url ?? "", data: other }).catch(
      (error: unknown) => error,
    );
    expect(String(refused)).toMatch(/CLI_ADMIN_SECRET.*admin-secret/);
    expect(exitCode(refused)).toBe(EXIT.usage);
    rmSync(other, { recursive: true });
  });

  it.each([
    [["world", "fork", "No Name"], /BUS_WORLD_ID/, EXIT.usage],
    [["world", "fork", "vale"], /BUS_WORLD_EXISTS/, EXIT.refused],
    [["world", "fork", "platform"], /BUS_WORLD_ID.*platform/, EXIT.usage],
    [["world", "archive", "platform", "--yes"], /BUS_WORLD_ID.*platform/, EXIT.usage],
    [["world", "fork", "fen", "--at", "999999999"], /BUS_FORK_PLACE.*nearest/, EXIT.usage],
    [["world", "fork", "fen", "--drop", "weather.v1.Nothing"], /BUS_DROP_UNKNOWN/, EXIT.usage],
    [["world", "archive", "nowhere", "--yes"], /BUS_UNKNOWN_EVENT/, EXIT.usage],
  ] as const)("%j ends with the code that the page says", async (args, message, code) => {
    const { error } = await orrery(...args);
    expect(String(error)).toMatch(message);
    expect(exitCode(error)).toBe(code);
  });
});

it.each([
  ["time watch --seconds abc", /'--seconds <n>' argument 'abc' is invalid/],
  ["world fork x --position 3.5", /'--position.*'3.5' is invalid/],
  ["world fork x --at 1e3x", /'--at <gs>' argument '1e3x' is invalid/],
  ["time edges --limit 0", /'--limit <n>' argument '0'.*1 to 500/],
  ["weather forecast region:mill-vale --hours abc", /'--hours <n>' argument 'abc'.*1 to 168/],
  ["bus redrive --rate Infinity", /'--rate <n>' argument 'Infinity'.*1 to 10,000/],
  ["world fast-forward 0d", /'0d' is invalid.*3d or 12h/],
  ["time skip constructor", /'constructor' is invalid.*phase/],
  ["world delete vale", /gone; say --yes/],
])("orrery %s is refused before anything is tried, by what was given", async (line, words) => {
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  const { error } = await orrery(...line.split(" "));
  expect(error).toBeInstanceOf(CommanderError);
  expect(String(error)).toMatch(words);
});

it("numbers of a JSON line are numbers", async () => {
  const { rows } = await vi.waitFor(async () => {
    const done = await orrery("weather", "now");
    expect(done.rows.length).toBeGreaterThan(0);
    return done;
  }, 10_000);
  for (const row of rows) expect(typeof row["°C"]).toBe("number");
});

it("a world compared with itself has all it has said as its past", async () => {
  const { rows } = await orrery("world", "diff", "vale", "vale");
  expect(rows[0]?.["position"]).toBeLessThan(100_000);
  expect(rows[0]?.["first"]).toBeUndefined();
});

it("the difference says of what a fork was to do without whether that has come about", async () => {
  expect((await orrery("time", "pause")).error).toBeUndefined();
  const drop = "weather.v1.WeatherChanged+90000000";
  expect((await orrery("world", "fork", "without", "--drop", drop)).error).toBeUndefined();
  const { rows } = await vi.waitFor(async () => {
    const done = await orrery("world", "diff", "vale", "without");
    expect(done.error).toBeUndefined();
    return done;
  }, 10_000);
  expect(rows[0]?.["drops"]).toEqual([{ world: "without", drop, leftOut: false }]);
});
