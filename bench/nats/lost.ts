// A world that runs on NATS while its store is emptied, its streams and consumers are deleted or edited, or servers of
// a cluster with three copies die: it goes on by itself, or /healthz says why not, within 10 s:
//   node bench/nats/lost.ts store|edits|replicas [--rounds 1] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { paced } from "@orrery/bus-conformance";
import { findNatsServer, type NatsCluster, startNatsCluster } from "@orrery/bus-nats/testing";
import { FleetService, WorldService } from "@orrery/schema/bus/v1";
import { WeatherService } from "@orrery/schema/weather/v1";
import { startOrrery } from "../kill9/orrery.ts";
import { patiently } from "../kill9/patiently.ts";

const NOT_RUN = 3;
const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "1" }, json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [what = "store"] = positionals;
if (findNatsServer() === undefined) {
  console.error("no nats-server here: put it in PATH or name it in NATS_SERVER");
  process.exit(NOT_RUN);
}
const replicas = what === "replicas" ? 3 : 1;
const cluster = await startNatsCluster(replicas);
const servers = cluster.servers.map(({ address }) => address);
const data = mkdtempSync(join(tmpdir(), "orrery-lost-"));
const broker = ["--broker", "nats", "--servers", servers.join(","), "--replicas", String(replicas)];
const orrery = await startOrrery(data, undefined, broker);
const { edge } = orrery;
const LOOK_MS = 100;
/** What the promise allows on a quiet machine. */
const MOST_MS = 10_000;

type Jsm = Awaited<ReturnType<typeof jetstreamManager>>;
interface Strike {
  readonly name: string;
  readonly run: (cluster: NatsCluster) => Promise<void>;
}

const manage =
  (act: (jsm: Jsm) => Promise<unknown>): Strike["run"] =>
  async () => {
    const nc = await connect({ servers });
    try {
      await act(await jetstreamManager(nc, { timeout: paced(MOST_MS) }));
    } finally {
      await nc.close();
    }
  };
const worldStream = `orrery-world-${edge.world}`;
const consumersOf = async (jsm: Jsm, stream: string) => {
  const names: string[] = [];
  for await (const { name } of jsm.consumers.list(stream)) names.push(name);
  return names;
};

/** Ordered consumers come and go by themselves: one that went since it was listed is deleted too. */
const deleteConsumer = (jsm: Jsm, stream: string, name: string) =>
  jsm.consumers.delete(stream, name).catch((error: unknown) => {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.ConsumerNotFound)
      throw error;
  });

const STRIKES: Readonly<Record<string, readonly Strike[]>> = {
  store: [{ name: "the store emptied", run: async ({ servers: [only] }) => only?.empty() }],
  edits: [
    ...["orrery-record", "orrery-retry", "orrery-dead", worldStream].map((stream) => ({
      name: `${stream} deleted`,
      run: manage((jsm) => jsm.streams.delete(stream)),
    })),
    {
      name: "every consumer deleted",
      run: manage(async (jsm) => {
        for (const stream of [worldStream, "orrery-retry"])
          for (const name of await consumersOf(jsm, stream)) await deleteConsumer(jsm, stream, name);
      }),
    },
    {
      name: "subjects of the streams changed",
      run: manage(async (jsm) => {
        for (const stream of [worldStream, "orrery-record", "orrery-dead"])
          await jsm.streams.update(stream, { subjects: [`elsewhere.${stream}`] });
      }),
    },
    {
      name: "a record made unreadable",
      run: manage(async (jsm) => {
        const subjects =
          (await jsm.streams.info("orrery-record", { subjects_filter: ">" })).state.subjects ?? {};
        const nc = await connect({ servers });
        for (const subject of Object.keys(subjects))
          if (subject.includes(".position.")) nc.publish(subject, "{");
        await nc.close();
      }),
    },
  ],
  replicas: [
    {
      name: "the leader of the world's stream killed, and started again with an empty store",
      run: async (all) => void (await (await all.leaderOf(worldStream))?.empty()),
    },
    {
      name: "the leader of the records killed for three seconds",
      async run(all) {
        const leader = await all.leaderOf("orrery-record");
        await leader?.kill();
        await setTimeout(3_000);
        await leader?.restart();
      },
    },
  ],
};

const weather = edge.client(WeatherService);
const reached = async () =>
  (await weather.getWeather({ worldId: edge.world, regionIds: [] }).catch(() => ({ atGs: 0 }))).atGs;
async function health(): Promise<string | undefined> {
  const answer = await fetch(new URL("/healthz", orrery.url)).catch(() => undefined);
  if (answer === undefined) return undefined;
  const { healthy, services } = (await answer.json()) as {
    healthy: boolean;
    services: Record<string, { checks: { name: string; problem?: string }[] }>;
  };
  if (healthy) return undefined;
  return Object.values(services)
    .flatMap(({ checks }) => checks)
    .find(({ problem }) => problem !== undefined)?.problem;
}

/**
 * How long until the weather has passed two more hours, or, where that takes longer than is promised (three servers may
 * take 9 s to find a new leader), until health said why it does not.
 */
async function wellAgain(fromGs: number): Promise<{ ms: number; why: string }> {
  const beganMs = performance.now();
  let said: { readonly ms: number; readonly why: string } | undefined;
  for (;;) {
    const ms = performance.now() - beganMs;
    const goesOn = (await reached()) > fromGs + 7_200;
    if (goesOn && (ms <= MOST_MS || said === undefined)) return { ms, why: "went on by itself" };
    if (goesOn && said !== undefined)
      return { ms: said.ms, why: `${said.why}; went on after ${Math.round(ms)} ms` };
    if (ms > 3 * paced(MOST_MS)) return said ?? { ms, why: "stood still without a word" };
    if (said === undefined && ms > 1_000) {
      const why = await health();
      if (why !== undefined) said = { ms: performance.now() - beganMs, why };
    }
    await setTimeout(LOOK_MS);
  }
}

const outcomes: { readonly strike: string; readonly ms: number; readonly why: string }[] = [];
try {
  for (let beforeGs = await reached(); (await reached()) <= beforeGs + 3_600; ) await setTimeout(LOOK_MS);
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { name, run } of STRIKES[what] ?? []) {
      await run(cluster);
      const { ms, why } = await wellAgain(await reached());
      outcomes.push({ strike: name, ms, why });
      console.error(`${name}: ${why}, after ${Math.round(ms)} ms`);
    }
  }
  // Three servers may still be settling who leads what: it is asked until it is known.
  const askLag = () => patiently(() => edge.client(FleetService).lag({ fresh: true }));
  const { lags } = await askLag().catch(() => setTimeout(MOST_MS).then(askLag));
  let gaps = 0;
  let damages = 0;
  for await (const { damages: found = 0 } of edge.client(WorldService).verify({ worldId: edge.world }))
    damages = Number(found);
  const report = await health();
  if (report?.includes("events missing") === true) gaps = 1;
  const silent = outcomes.filter(({ why }) => why === "stood still without a word").length;
  const longestMs = Math.round(Math.max(...outcomes.map(({ ms }) => ms)));
  const lost = replicas > 1 ? gaps + damages : 0;
  const result = {
    what,
    replicas,
    strikes: outcomes.length,
    silent,
    longestMs,
    lost,
    subscriptions: lags.length,
    outcomes,
  };
  console.log(values.json ? JSON.stringify(result) : result);
  process.exitCode = silent === 0 && lost === 0 && longestMs <= paced(MOST_MS) ? 0 : 1;
} finally {
  await orrery.stop();
  await cluster.close();
  rmSync(data, { recursive: true, force: true });
}
process.exit();
