// Two doors on one log, one of them killed now and then, and clients that are cut off and come back by either. Beside the
// load, somebody speaks once and falls silent around each kill:
// node bench/edge/doors.ts [--seconds 24] [--clients 6] [--kill-every 8] [--events-per-s 640] [--json]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createBus, openEmbeddedTransport } from "@orrery/bus";
import { paced } from "@orrery/bus-conformance";
import { fingerprint } from "@orrery/schema/registry";
import { AlertStage, WeatherChanged, WeatherSevere } from "@orrery/schema/weather/v1";
import { encodeBytes } from "@orrery/wire";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { startOrrery } from "../kill9/orrery.ts";
import { cuttingProxy } from "./cutting-proxy.ts";
import { exported } from "./exported.ts";
import { follow } from "./follower.ts";
import { REGIONS } from "./protocol.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "24" },
    clients: { type: "string", default: "6" },
    "kill-every": { type: "string", default: "8" },
    "events-per-s": { type: "string", default: "640" },
    json: { type: "boolean", default: false },
  },
});
const WORLD = "hollowmere";
const CUT_MS = { least: 3_000, most: 9_000 } as const;
/** So often something is said of each region, half of it not to be lost. */
const TICK_MS = (1000 * 2 * REGIONS.length) / Number(values["events-per-s"]);
const SETTLED_MS = paced(60_000);
const LOOK_MS = 1_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const random = xoroshiro128plus(11);
const uniform = () => (random.next() >>> 0) / 2 ** 32;

const data = mkdtempSync(join(tmpdir(), "orrery-doors-"));
const args = ["--processes", "per-service", "--doors", "2", "--rate", "60", "--world", WORLD];
const orrery = await startOrrery(data, undefined, args);
const bus = createBus({ transport: openEmbeddedTransport({ dir: join(data, "bus") }), fingerprint });
try {
  const { doors } = JSON.parse(readFileSync(join(data, "deployment.json"), "utf8")) as { doors: number[] };
  const eitherDoor = () => `http://127.0.0.1:${doors[Math.floor(uniform() * doors.length)]}`;
  const clients = await Promise.all(
    Array.from({ length: Number(values.clients) }, async (_, at) => {
      const proxy = await cuttingProxy(eitherDoor);
      return { proxy, follower: await follow(proxy.url, `client-${at}`, WORLD) };
    }),
  );
  const publisher = bus.publisher({ source: "weather-manager", world: WORLD, fingerprint });
  const ledger: string[] = [];
  const latest = new Map<string, string>();
  const untilMs = performance.now() + Number(values.seconds) * 1000;
  const severe = (regionId: string, value: number) =>
    ({ regionId, atGs: value, stage: AlertStage.RAISED, value, unit: "km/h" }) as const;

  /** A publisher that says one thing, and is never heard again. */
  async function speakOnce(): Promise<void> {
    const once = bus.publisher({ source: "weather-manager", world: WORLD, fingerprint });
    await once.publish(WeatherSevere, severe(REGIONS[Math.floor(uniform() * REGIONS.length)] as string, 0));
    await once.flush();
    const id = once.newest("realtime");
    ledger.push(`${id?.publisher}/${id?.sequence}`);
    await once.close();
  }

  async function load(): Promise<void> {
    const startMs = performance.now();
    for (let n = 0; performance.now() < untilMs; n++) {
      for (const regionId of REGIONS) {
        const changed = { regionId, atGs: n, revision: 1_000_000 + n, temperatureC: n % 40 };
        await publisher.publish(WeatherSevere, severe(regionId, n));
        const id = publisher.newest("realtime");
        ledger.push(`${id?.publisher}/${id?.sequence}`);
        await publisher.publish(WeatherChanged, changed);
        latest.set(regionId, Buffer.from(encodeBytes(WeatherChanged, changed)).toString("hex"));
      }
      await wait(Math.max(0, startMs + (n + 1) * TICK_MS - performance.now()));
    }
    await publisher.flush();
  }
  async function cutAll(): Promise<void> {
    await Promise.all(
      clients.map(async ({ proxy }) => {
        for (;;) {
          const pause = CUT_MS.least + uniform() * (CUT_MS.most - CUT_MS.least);
          if (performance.now() + pause > untilMs) return;
          await wait(pause);
          proxy.cut();
        }
      }),
    );
  }
  let kills = 0;
  async function killDoors(): Promise<void> {
    const everyMs = Number(values["kill-every"]) * 1000;
    for (await wait(everyMs / 2); performance.now() < untilMs; await wait(everyMs)) {
      const routers = orrery
        .children()
        .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("\0member\0router\0"));
      const pid = routers[Math.floor(uniform() * routers.length)];
      if (pid === undefined) continue;
      await speakOnce();
      process.kill(pid, "SIGKILL");
      kills += 1;
      await speakOnce();
    }
  }
  await Promise.all([load(), cutAll(), killDoors()]);

  /** Of what was said, what a client has not heard, and what it knows otherwise. */
  function lacks({ follower }: (typeof clients)[number]): {
    readonly gaps: number;
    readonly differing: number;
  } {
    const mine = new Set(follower.ledger);
    const state = follower.state();
    const others = [...latest].filter(
      ([region, hex]) => state.get(`${WeatherChanged.typeName} ${region}`) !== hex,
    );
    return { gaps: ledger.filter((id) => !mine.has(id)).length, differing: others.length };
  }
  // However slow the machine: what is lost never comes, what is late does.
  const isLevel = () => clients.every((client) => Object.values(lacks(client)).every((count) => count === 0));
  const settleMs = performance.now() + SETTLED_MS;
  while (!isLevel() && performance.now() < settleMs) await wait(LOOK_MS);
  await wait(LOOK_MS);
  // What was said is what the journal has: nothing less, whatever this program remembers.
  const kept = await exported(orrery.edge, WORLD);
  const lost = ledger.filter((id) => !kept.has(id)).length;
  let [gaps, doubles, differing, gapless, snapshots] = [0, 0, 0, 0, 0];
  for (const client of clients) {
    const { follower } = client;
    const lacking = lacks(client);
    gaps += lacking.gaps;
    differing += lacking.differing;
    doubles += follower.doubles;
    gapless += follower.world.resumes.gapless;
    snapshots += follower.world.resumes.snapshot;
  }
  const cuts = clients.reduce((sum, { proxy }) => sum + proxy.cuts, 0);
  const result = {
    transactional: ledger.length,
    lost,
    clients: clients.length,
    cuts,
    kills,
    gaps,
    doubles,
    differing,
    gapless,
    snapshots,
  };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await bus.close();
  await orrery.stop();
  rmSync(data, { recursive: true, force: true });
}
process.exit(0);
