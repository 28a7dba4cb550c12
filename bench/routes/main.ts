// Where calls go when one of three instances turns slow, fails or dies.
//   node bench/routes/main.ts [--rate 300] [--json]
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { SnapshotService } from "@orrery/schema/router/v1";
import { createDirectory } from "@orrery/service";
import { type Behaviour, echoing, KEY } from "./service.ts";

const { values } = parseArgs({
  options: { rate: { type: "string", default: "300" }, json: { type: "boolean", default: false } },
});
const rate = Number(values.rate);
const [WELL, SLOW]: readonly Behaviour[] = [
  { tookMs: 10, fails: false },
  { tookMs: 100, fails: false },
] as const;
const FAILS: Behaviour = { tookMs: 1, fails: true };

interface Call {
  readonly beganMs: number;
  readonly tookMs: number;
  /** Undefined: it failed. */
  readonly by: number | undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function startInstance(number: number, port: number): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "instance.ts"), [String(number), String(port)]);
  await once(child, "message");
  return child;
}

const ports = [await freePort(), await freePort(), await freePort()];
const instances = await Promise.all(ports.map((port, number) => startInstance(number, port)));
const definition = echoing(
  -1,
  () => WELL as Behaviour,
  () => {},
);
const urls = ports.map((port) => `http://127.0.0.1:${port}`);
const directory = createDirectory([{ definition, urls }], KEY);
const changes: string[] = [];
directory.watchTargets((_, { targetId, to }) =>
  changes.push(`${ports.findIndex((port) => targetId.endsWith(`:${port}`))} ${to}`),
);
const client = directory.clientOf("echo", SnapshotService, { role: "service", id: "bench", scopes: [] });

/** Calls at an even pace for so long. */
async function drive(seconds: number): Promise<readonly Call[]> {
  const running: Promise<Call>[] = [];
  const beganMs = performance.now();
  for (let i = 0; i < seconds * rate; i++) {
    const dueMs = beganMs + (i * 1_000) / rate;
    const earlyMs = dueMs - performance.now();
    if (earlyMs > 0) await setTimeout(earlyMs);
    running.push(one());
  }
  return Promise.all(running);
}

async function one(): Promise<Call> {
  const beganMs = performance.now();
  const by = await client.snapshot({ worldId: "w" }).then(
    ({ frame }) => frame[0],
    () => undefined,
  );
  return { beganMs, tookMs: performance.now() - beganMs, by };
}

const p99 = (calls: readonly Call[]) =>
  calls.map(({ tookMs }) => tookMs).sort((one, other) => one - other)[Math.floor(calls.length * 0.99)] ?? 0;
const share = (calls: readonly Call[], by: number) =>
  calls.filter((call) => call.by === by).length / calls.length;
const failed = (calls: readonly Call[]) => calls.filter(({ by }) => by === undefined).length;
/** Those of the last so many seconds. */
const last = (calls: readonly Call[], seconds: number) => calls.slice(-seconds * rate);
const behave = (number: number, how: Behaviour) => instances[number]?.send(how);
async function askedOf(number: number): Promise<number> {
  const answer = once(instances[number] as ChildProcess, "message");
  instances[number]?.send("asked");
  return ((await answer)[0] as { asked: number }).asked;
}
const asked = async () => (await Promise.all([0, 1, 2].map(askedOf))).reduce((sum, one) => sum + one);

// New instances get their share by and by; code is new.
await drive(12);
const usual = await drive(5);
behave(0, SLOW as Behaviour);
const turned = await drive(8);
behave(0, WELL as Behaviour);
await drive(40);
const back = await drive(5);

const before = await asked();
behave(1, FAILS);
const failing = await drive(5);
const storm = (await asked()) - before;
behave(1, WELL as Behaviour);
await drive(40);

instances[2]?.kill("SIGKILL");
const killed = await drive(10);
const report = {
  rate,
  usualP99Ms: Number(p99(usual).toFixed(1)),
  slowP99Ms: Number(p99(last(turned, 6)).toFixed(1)),
  slowShare: Number(share(last(turned, 6), 0).toFixed(3)),
  backShare: Number(share(back, 0).toFixed(3)),
  failedWhileFailing: Number((failed(failing) / failing.length).toFixed(4)),
  /** What was asked for each call while one of them failed. */
  askedACall: Number((storm / failing.length).toFixed(3)),
  failedAtKill: Number((failed(killed) / killed.length).toFixed(4)),
  changes,
};
process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);
for (const instance of instances) instance.kill("SIGKILL");
process.exit();
