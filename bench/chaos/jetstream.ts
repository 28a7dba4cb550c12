// A million events through JetStream while consumers are killed and stopped, connections cut, slowed and left
// half-open, and the server killed; with --nodes 3 through a cluster whose leader is killed instead:
//   node bench/chaos/jetstream.ts [--events 1000000] [--nodes 1] [--rate 15000] [--seed 1] [--json]
// Exit 0: nothing lost, invented, changed, done twice or out of order; 1: something was; 3: no nats-server here.
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { seededNumbers } from "@orrery/bus";
import { startTcpProxy } from "@orrery/bus-conformance/proxy";
import { findNatsServer, startNatsCluster } from "@orrery/bus-nats/testing";
import type { Fault } from "./faults.ts";
import { runChaos } from "./run.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "1000000" },
    nodes: { type: "string", default: "1" },
    rate: { type: "string", default: "15000" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const NOT_RUN = 3;
if (findNatsServer() === undefined) {
  console.error("no nats-server here: put it in PATH or name it in NATS_SERVER");
  process.exit(NOT_RUN);
}
const nodes = Number(values.nodes);
const seed = Number(values.seed);
const uniform = seededNumbers(seed + 2);
const cluster = await startNatsCluster(nodes);
const proxies = await Promise.all(cluster.servers.map(({ address }) => startTcpProxy(address, uniform)));
const any = <T>(list: readonly T[]) => list[Math.floor(uniform() * list.length)] as T;
const between = (least: number, most: number) => least + uniform() * (most - least);

const network: Fault[] = [
  {
    name: "connections cut",
    async strike() {
      for (const proxy of proxies) proxy.cut();
    },
  },
  {
    name: "half-open",
    async strike() {
      const proxy = any(proxies);
      proxy.stall();
      await sleep(between(1_000, 4_000));
      proxy.resume();
    },
  },
  {
    name: "slow",
    async strike() {
      const proxy = any(proxies);
      proxy.slow(100, 50);
      await sleep(between(1_000, 3_000));
      proxy.resume();
    },
  },
  {
    name: "reset in a message",
    async strike() {
      any(proxies).resetAfter(Math.floor(between(1, 50_000)));
    },
  },
  {
    name: "replies lost",
    async strike() {
      const proxy = any(proxies);
      proxy.deafen();
      await sleep(between(200, 1_500));
      proxy.cut();
      proxy.resume();
    },
  },
];
const server: Fault =
  nodes === 1
    ? {
        name: "server killed",
        async strike() {
          await cluster.servers[0]?.kill();
          await sleep(between(200, 1_500));
          await cluster.servers[0]?.restart();
        },
      }
    : {
        name: "leader killed",
        async strike() {
          const leader = await cluster.leaderOf("orrery-world-chaos");
          if (leader === undefined) return;
          await leader.kill();
          await sleep(between(500, 2_000));
          await leader.restart();
        },
      };
try {
  const report = await runChaos({
    at: { kind: "nats", servers: proxies.map(({ address }) => address), replicas: nodes },
    seed,
    events: Number(values.events),
    eventsPerS: Number(values.rate),
    perFrame: 100,
    // A leader dies every few seconds: half of all strikes.
    faults: nodes === 1 ? [...network, server] : [...network, ...network.map(() => server)],
    settleMs: 90_000,
  });
  console.log(values.json ? JSON.stringify(report) : report);
  if (!values.json) console.log(report.subscriptions);
  process.exitCode = report.faults === 0 ? 0 : 1;
} finally {
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await cluster.close();
}
