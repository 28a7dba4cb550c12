// Every service in a process of its own; processes are killed and stopped, the registry among them, and its list is held
// against what became of them.
//   node bench/capability/processes.ts [--away-s 20] [--stopped-s 20] [--json]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ExpiryReason, type Instance, InstanceState, RegistryService } from "@orrery/schema/capability/v1";
import { startOrrery } from "../kill9/orrery.ts";

const { values } = parseArgs({
  options: {
    "away-s": { type: "string", default: "20" },
    "stopped-s": { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});
const REGISTRY = "capability-registry";
const LEASE_MS = 15_000;
const LOOK_MS = 100;
const LONGEST_MS = 60_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const data = mkdtempSync(join(tmpdir(), "orrery-capability-"));
const orrery = await startOrrery(data, undefined, ["--processes", "per-service", "--copies", "2"]);
const registry = orrery.edge.client(RegistryService);

const serviceOf = (pid: number): string => {
  const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  return line[line.indexOf("member") + 1] ?? "";
};
const pidsOf = (service: string): number[] =>
  orrery.children().filter((pid) => {
    try {
      return serviceOf(pid) === service;
    } catch {
      // It has just ended.
      return false;
    }
  });

async function list(): Promise<{ instances: readonly Instance[]; revision: number } | undefined> {
  try {
    return await registry.listInstances({ expired: true, pageSize: 500 });
  } catch {
    return undefined;
  }
}
async function must() {
  for (const endMs = performance.now() + LONGEST_MS; ; await wait(LOOK_MS)) {
    const found = await list();
    if (found !== undefined) return found;
    if (performance.now() > endMs) throw new Error(`the registry does not answer: ${orrery.lastWords()}`);
  }
}
const idOf = ({ registration }: Instance) => registration?.instanceId ?? "";
const isOf = (service: string) => (one: Instance) => one.registration?.serviceId === service;
const alive = (all: readonly Instance[]) => all.filter(({ state }) => state !== InstanceState.EXPIRED);
const ready = (all: readonly Instance[]) => all.filter(({ state }) => state === InstanceState.READY);
/** All processes are known and have started, and of each service one is ready: who stands by for a writer is not. */
function isUp(all: readonly Instance[], processes: number): boolean {
  const live = alive(all);
  const services = (some: readonly Instance[]) =>
    new Set(some.map(({ registration }) => registration?.serviceId));
  const isStarting = live.some(({ state }) => state === InstanceState.STARTING);
  return live.length === processes && !isStarting && services(ready(all)).size === services(live).size;
}

/** @returns ms until it was so. @throws after a minute */
async function until(holds: (all: readonly Instance[]) => boolean): Promise<number> {
  const startMs = performance.now();
  while (performance.now() - startMs < LONGEST_MS) {
    const found = await list();
    if (found !== undefined && holds(found.instances)) return performance.now() - startMs;
    await wait(LOOK_MS);
  }
  throw new Error("it did not come about");
}
/** Instances whose lease was lost, however they are now. */
const lost = (all: readonly Instance[]) =>
  all.filter(({ expiry }) => expiry === ExpiryReason.LEASE_LOST).map(idOf);

try {
  const processes = orrery.children().length;
  const readyMs = await until((all) => isUp(all, processes));

  console.error("a weather-manager is killed");
  const before = alive((await must()).instances)
    .filter(isOf("weather-manager"))
    .map(idOf);
  process.kill(pidsOf("weather-manager")[0] as number, "SIGKILL");
  const replacedMs = await until((all) => {
    const now = alive(all).filter(isOf("weather-manager"));
    return isUp(all, processes) && now.some((one) => !before.includes(idOf(one)));
  });

  console.error(`the registry is killed for ${values["away-s"]} s`);
  const then = await must();
  const others = new Set(
    alive(then.instances)
      .filter((one) => !isOf(REGISTRY)(one))
      .map(idOf),
  );
  for (const endMs = performance.now() + Number(values["away-s"]) * 1_000; performance.now() < endMs; ) {
    for (const pid of pidsOf(REGISTRY)) process.kill(pid, "SIGKILL");
    await wait(20);
  }
  await must();
  await wait(LEASE_MS + 5_000);
  const after = await must();
  const stayed = alive(after.instances).filter((one) => others.has(idOf(one))).length;
  const goneWhileAway = others.size - stayed;

  console.error(`the registry is stopped for ${values["stopped-s"]} s`);
  const [sleeping] = pidsOf(REGISTRY);
  process.kill(sleeping as number, "SIGSTOP");
  await wait(Number(values["stopped-s"]) * 1_000);
  process.kill(sleeping as number, "SIGCONT");
  await must();
  await wait(LEASE_MS + 2_000);
  const lostAsleep = lost((await must()).instances).length - lost(after.instances).length;

  console.error(`a time-manager is stopped for ${values["stopped-s"]} s`);
  const [stopped] = pidsOf("time-manager");
  const stoppedMs = performance.now();
  process.kill(stopped as number, "SIGSTOP");
  const lostBefore = new Set(lost((await must()).instances));
  const isNew = (all: readonly Instance[]) => lost(all).filter((id) => !lostBefore.has(id));
  await until((all) => isNew(all).length > 0);
  const expiredMs = performance.now() - stoppedMs;
  const [id = ""] = isNew((await must()).instances);
  await wait(Math.max(0, Number(values["stopped-s"]) * 1_000 - (performance.now() - stoppedMs)));
  const expiries = isNew((await must()).instances).length;
  process.kill(stopped as number, "SIGCONT");
  const recoveredMs = await until((all) => alive(all).some((one) => idOf(one) === id));
  await until((all) => isUp(all, processes));

  const result = {
    processes,
    readyMs,
    replacedMs,
    goneWhileAway,
    revisionsGoOn: after.revision > then.revision,
    lostAsleep,
    expiries,
    expiredMs,
    recoveredMs,
  };
  console.log(values.json ? JSON.stringify(result) : result);
  const isWell =
    goneWhileAway === 0 && result.revisionsGoOn && lostAsleep === 0 && expiries === 1 && expiredMs <= 16_000;
  process.exitCode = isWell ? 0 : 1;
} finally {
  await orrery.stop();
  rmSync(data, { recursive: true, force: true });
}
