import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryTransport } from "@orrery/bus";
import { SnapshotService } from "@orrery/schema/router/v1";
import { createLogger, defineService, type Host, serve, startHost } from "@orrery/service";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { createProgram } from "../program.ts";
import { OPERATOR_TYPES } from "./operator.ts";
import { loadServices } from "./services.ts";

const APART = "echo";
const START_MS = 15_000;
const data = mkdtempSync(join(tmpdir(), "orrery-routes-"));
const echo = defineService({
  id: APART,
  summary: "Answers, in a process of its own.",
  rpc: [serve(SnapshotService, { snapshot: async () => ({ frame: new Uint8Array([1]) }) })],
});
let hosts: Host[];
let target: string;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

beforeAll(async () => {
  const ports = [await freePort(), await freePort()] as const;
  const [door, other] = ports.map((port) => `http://127.0.0.1:${port}`) as [string, string];
  target = `${APART}@${other}`;
  const services = await loadServices();
  const common = {
    transport: createMemoryTransport(),
    storeUrl: () => ":memory:",
    outsideTypes: OPERATOR_TYPES,
    env: {},
    log: createLogger("silent"),
    deploymentKey: "the deployment's own key",
  };
  const neighbours = services.map((definition) => ({ definition, urls: [door] }));
  hosts = [
    await startHost({
      ...{ ...common, services, instance: "door-0", port: 0, innerPort: ports[0], dataFolder: data },
      neighbours: [{ definition: echo, urls: [other] }],
    }),
    await startHost({
      ...{ ...common, services: [echo], neighbours, instance: "echo-0", innerPort: ports[1] },
    }),
  ];
}, 60_000);
afterAll(async () => {
  for (const host of hosts.reverse()) await host.stop(500);
  rmSync(data, { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** The JSON lines that a command prints. */
async function orrery(...args: readonly string[]) {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const where = ["--url", hosts[0]?.url ?? "", "--data", data, "--world", "vale", "--json"];
  try {
    await createProgram().parseAsync([...args, ...where], { from: "user" });
    return log.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  } finally {
    log.mockRestore();
  }
}
/** Once the registry shows it so. */
const shown = (state: string) =>
  vi.waitFor(
    async () => {
      const rows = await orrery("capabilities", "services", `service = "${APART}"`);
      expect(rows).toMatchObject([{ service: APART, state }]);
    },
    { timeout: START_MS, interval: 200 },
  );

it("an instance that is let rest gets no calls, is degraded for all who ask, and is well again", async () => {
  await shown("ready");
  const [row] = await orrery("routes", "ls", APART);
  expect(row).toMatchObject({ target, health: expect.stringMatching(/ramping|healthy/), door: "door-0" });
  const rests = await orrery("routes", "eject", target, "--for", "10m");
  expect(rests).toEqual([{ target, "rests for s": 600 }]);
  const [resting] = await orrery("routes", "ls");
  expect(resting).toMatchObject({ target, health: "ejected" });
  const leftMs = Date.parse(String(resting?.["rests until"])) - Date.now();
  expect(leftMs).toBeGreaterThan(500_000);
  expect(leftMs).toBeLessThanOrEqual(600_000);
  await shown("degraded");
  expect(await orrery("routes", "restore", target)).toEqual([{ target, restored: true }]);
  expect((await orrery("routes", "ls", APART))[0]).toMatchObject({ target, health: "ramping" });
  await shown("ready");
}, 60_000);

it("what is not there is refused, and so is a rest of no length or without one", async () => {
  expect(await orrery("routes", "ls", "constructor")).toEqual([]);
  for (const unknown of ["constructor", `constructor@${target}`])
    await expect(orrery("routes", "eject", unknown, "--for", "30s")).rejects.toThrow("ROUTER_UNKNOWN_TARGET");
  await expect(orrery("routes", "restore", "__proto__")).rejects.toThrow("ROUTER_UNKNOWN_TARGET");
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  for (const wrong of ["0s", "61m", "2h", "1d", "10", "-1s", "1.5m"])
    await expect(orrery("routes", "eject", target, "--for", wrong)).rejects.toThrow("1s to 1h");
  await expect(orrery("routes", "eject", target)).rejects.toThrow("--for");
}, 60_000);
