import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { watchTheMill } from "@orrery/client/example.ts";
import { connect } from "@orrery/client";
import { JournalService, Order } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { readPack } from "@orrery/pack";
import { type Instance, startInstance } from "./instance.ts";
import { packFolder } from "./operator.ts";

const folders: string[] = [];
const running: Instance[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "orrery-instance-"));
  folders.push(made);
  return made;
}

async function start(data: string, over: { port?: number; rate?: number } = {}): Promise<Instance> {
  const instance = await startInstance({
    data,
    port: over.port ?? 0,
    worlds: [{ id: "hollowmere", pack: "hollowmere", seed: "hollowmere", rate: over.rate ?? 3_600 }],
    databaseUrl: undefined,
    consoleFolder: "",
    logLevel: "silent",
  });
  running.push(instance);
  return instance;
}

async function stop(instance: Instance): Promise<void> {
  running.splice(running.indexOf(instance), 1);
  await instance.stop();
}

afterEach(async () => {
  for (const instance of running.splice(0)) await instance.stop();
  for (const each of folders.splice(0)) rmSync(each, { recursive: true, force: true });
});

describe("a start that cannot be", () => {
  it("two on one data folder", async () => {
    const data = folder();
    await start(data);
    await expect(start(data)).rejects.toThrow(/BUS_FOLDER_TAKEN/);
  });

  it("a port in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    await expect(start(folder(), { port })).rejects.toThrow(
      new RegExp(`SERVICE_PORT_IN_USE.*${port}.*--port`),
    );
    server.close();
  });

  it("a data folder that is a file", async () => {
    const data = join(folder(), "file");
    writeFileSync(data, "");
    await expect(start(data)).rejects.toThrow(/DATA_FOLDER_UNWRITABLE/);
  });

  it("a data folder that may not be written", async () => {
    // Nothing may be made in there, not even by root, to whom a folder's mode means nothing.
    const asRoot = process.getuid?.() === 0 && existsSync("/sys");
    const data = asRoot ? "/sys/orrery" : folder();
    if (!asRoot) chmodSync(data, 0o500);
    await expect(start(data)).rejects.toThrow(/DATA_FOLDER_UNWRITABLE/);
  });

  it("a setting that nobody knows", async () => {
    process.env["WEATHER_MANAGER_RAIN"] = "more";
    await expect(start(folder())).rejects.toThrow(/SERVICE_CONFIG_UNKNOWN.*WEATHER_MANAGER_RAIN/);
    delete process.env["WEATHER_MANAGER_RAIN"];
  });

  it("a pack with an unknown region, named with file and line", async () => {
    const pack = join(folder(), "pack");
    cpSync(packFolder("hollowmere"), pack, { recursive: true });
    const file = join(pack, "regions.yaml");
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace(/drains_to: region:[a-z-]+/, "drains_to: region:nowhere"),
    );
    await expect(readPack(pack)).rejects.toThrow(/regions\.yaml:\d+:\d+.*region:nowhere/s);
  });
});

describe("a world on disk", () => {
  it("goes on from where it stopped, each event once", async () => {
    const data = folder();
    const first = await start(data);
    await expect.poll(() => ordinals(first), { timeout: 10_000 }).toBeGreaterThan(40);
    await stop(first);
    const second = await start(data);
    const before = await ordinals(second);
    await expect.poll(() => ordinals(second), { timeout: 10_000 }).toBeGreaterThan(before);
    const journal = second.host.directory.client(JournalService, { role: "admin", id: "t", scopes: [] });
    const { events } = await journal.query({ worldId: "hollowmere", order: Order.ARRIVAL, pageSize: 1_000 });
    const ids = events.map(({ id }) => `${id?.publisher}/${id?.sequence}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(events.filter(({ type }) => type === "world.v1.WorldCreated")).toHaveLength(1);
  }, 40_000);

  it("tells a client that comes after a restart what time it is", async () => {
    const data = folder();
    await stop(await start(data));
    const { host } = await start(data);
    const world = await connect({ url: host.url as string, world: "hollowmere", deviceId: "late" });
    const { clock, now } = await world.rpc(TimeService).getClock({ worldId: "hollowmere" });
    expect(Math.abs(world.clock.nowGs() - (now?.atGs ?? 0))).toBeLessThan(clock?.rate ?? 0);
    world.close();
  }, 40_000);

  it("says what of its log is damaged, and goes on", async () => {
    const data = folder();
    const first = await start(data);
    await expect.poll(() => ordinals(first), { timeout: 10_000 }).toBeGreaterThan(40);
    await stop(first);
    const segment = readdirSync(join(data, "bus"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".seg"))
      .map((name) => join(data, "bus", name))
      .sort()
      .at(-1) as string;
    const bytes = readFileSync(segment);
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff;
    writeFileSync(segment, bytes);
    const second = await start(data);
    const before = await ordinals(second);
    await expect.poll(() => ordinals(second), { timeout: 10_000 }).toBeGreaterThan(before);
  }, 40_000);
});

describe("README's client", () => {
  it("watches the mill", async () => {
    const instance = await start(folder(), { rate: 36_000 });
    const lines = await watchTheMill(instance.host.url as string, 2);
    expect(lines[0]).toMatch(/^now -?[\d.]+ °C$/);
    expect(lines.find((line) => line.startsWith("at "))).toMatch(/the next 12 hours are known/);
    expect(lines.filter((line) => line.startsWith("then "))).toHaveLength(2);
  }, 40_000);
});

async function ordinals(instance: Instance): Promise<number> {
  const journal = instance.host.directory.client(JournalService, { role: "admin", id: "t", scopes: [] });
  return (await journal.query({ worldId: "hollowmere", pageSize: 1 })).newest;
}
