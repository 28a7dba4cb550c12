import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ROOT } from "../root.ts";

const copy = join(mkdtempSync(join(tmpdir(), "orrery-scaffold-")), "orrery");
const ID = "tide-manager";
let running: ChildProcess | undefined;

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

const orrery = (...args: string[]) => run(join(copy, "node_modules/.bin/node"), "apps/cli/main.ts", ...args);

/** The repository as it is committed, with the packages of this one. */
beforeAll(() => {
  const { status, stderr } = spawnSync("git", ["clone", "--quiet", ROOT, copy], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  // Hard links: a copy that costs nothing, whose links among workspaces point into the copy.
  run("cp", "-al", join(ROOT, "node_modules"), join(copy, "node_modules"));
  run(join(copy, "node_modules/.bin/node"), "tools/generate.ts");
});

afterAll(async () => {
  running?.kill("SIGKILL");
  rmSync(join(copy, ".."), { recursive: true, force: true });
});

async function start(...args: string[]): Promise<string> {
  const given = ["apps/cli/main.ts", ...args, "--data", join(copy, ".world"), "--port", "0"];
  const child = spawn(join(copy, "node_modules/.bin/node"), given, { cwd: copy });
  running = child;
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  child.stderr.on("data", (chunk) => (said += chunk));
  const url = await vi.waitUntil(() => /http:\/\/127[^#\s]+/.exec(said)?.[0] ?? dead(child, said), {
    timeout: 60_000,
  });
  return url as string;
}

function dead(child: ChildProcess, said: string): undefined {
  if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${said}`);
  return undefined;
}

async function stop(): Promise<void> {
  const child = running;
  if (child === undefined) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
  running = undefined;
}

const tideOf = (url: string) =>
  orrery("bus", "tail", "--url", url, "--data", ".world", "--type", "tide.*", "--count", "1", "--json");

describe("orrery new service", () => {
  it("gives a service of four files whose test passes and whose event is on the stream, and a lockfile that holds", async () => {
    expect(orrery("new", "service", ID).trim().split("\n")).toHaveLength(4);
    run(join(copy, "node_modules/.bin/node"), "node_modules/vitest/vitest.mjs", "run", `services/${ID}`);
    const url = await start("start", "--no-console", "--rate", "3600");
    expect(JSON.parse(tideOf(url))).toMatchObject({ type: "tide.v1.TideChanged" });
    await stop();
    const lock = JSON.parse(readFileSync(join(copy, "package-lock.json"), "utf8"));
    expect(lock.packages[`node_modules/@orrery/${ID}`]).toEqual({ resolved: `services/${ID}`, link: true });
    // npm itself finds nothing to change: what it would install is what stands there.
    run("npm", "ci", "--dry-run", "--ignore-scripts", "--offline");
  });

  it("is given another event, which its contract then has and the linters pass", () => {
    expect(orrery("new", "event", ID, "FloodTideBegan").trim()).toBe("schema/orrery/tide/v1/events.proto");
    expect(orrery("schema", "show", "tide.v1.FloodTideBegan", "--json")).toContain("region_id");
    run(join(copy, "node_modules/.bin/buf"), "lint");
    expect(() => orrery("new", "event", ID, "FloodTideBegan")).toThrow(/ended with 5[^]*CLI_EXISTS/);
    expect(() => orrery("new", "event", ID, "flood")).toThrow(/ended with 2[^]*CLI_BAD_ARGUMENT/);
  });

  it("is taken up by `orrery dev` when it is edited, while the world keeps its state", async () => {
    const url = await start("dev");
    const before = JSON.parse(tideOf(url));
    const file = join(copy, `services/${ID}/service.ts`);
    const source = readFileSync(file, "utf8");
    writeFileSync(file, source.replace("level: state.level }", "level: -state.level }"));
    await vi.waitUntil(() => JSON.parse(tideOf(url)).says.includes("-"), { timeout: 60_000, interval: 500 });
    const after = JSON.parse(tideOf(url));
    expect(after.ordinal).toBeGreaterThan(before.ordinal);
    expect(after.atGs).toBeGreaterThan(before.atGs);
    await stop();
  });
});

describe("orrery new world", () => {
  it("gives a pack whose world has weather at the next start", async () => {
    expect(orrery("new", "world", "low-fen").trim().split("\n")).toHaveLength(9);
    const own = ["--no-console", "--rate", "3600", "--world", "fen", "--pack", "low-fen"];
    const url = await start("start", ...own);
    const now = () =>
      orrery("weather", "now", "--url", url, "--data", ".world", "--world", "fen", "--json")
        .trim()
        .split("\n");
    await vi.waitUntil(() => now().length === 4, { timeout: 20_000, interval: 500 });
    await stop();
  });
});
