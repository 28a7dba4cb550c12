// Webhooks to servers that fail, and to a hundred at once; signatures are verified by the public library.
//   node bench/event-bus/webhooks.ts [--twice] [--endpoints 100] [--rate 5] [--seconds 12] [--json]
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { WebhookService } from "@orrery/schema/bus/v1";
import type { Host } from "@orrery/service";
import { createFrameWriter } from "@orrery/wire";
import { Webhook } from "standardwebhooks";
import { FINGERPRINT, GroundConditionsChanged, groundEvents } from "../bus/events.ts";
import { percentile } from "../journal/percentile.ts";
import { ask, kill } from "../journal/process.ts";
import type { Got } from "./endpoint.ts";
import { ADMIN, withEventBus } from "./host.ts";
import { until } from "./until.ts";

const { values } = parseArgs({
  options: {
    twice: { type: "boolean", default: false },
    endpoints: { type: "string", default: "100" },
    /** Events a second; each goes to every endpoint. */
    rate: { type: "string", default: "5" },
    seconds: { type: "string", default: "12" },
    json: { type: "boolean", default: false },
  },
});
const WORLD = "webhooks";
const TIMEOUT_S = 1;
const LATE_MS = 1_500;
const KEYS = 10;
const EVENTS_A_KEY = 10;
/** Pauses of 5 s and 30 s, each up to a fifth longer, and what a slow machine adds. */
const RETRIED_MS = { once: 20_000, twice: 70_000 } as const;

type Hooks = ReturnType<typeof hooksOf>;
const hooksOf = (host: Host) => host.directory.client(WebhookService, ADMIN);

async function beginEndpoint(temper: string): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(join(import.meta.dirname, "endpoint.ts"), [temper, String(LATE_MS)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [port] = await once(child, "message");
  return { child, port: port as number };
}

/** Says how the ground is, region after region; one frame a call. */
function groundTeller(host: Host, publisher: string) {
  const ground = groundEvents().slice(0, KEYS);
  let sequence = 1;
  return async (count: number) => {
    const writer = createFrameWriter({
      source: "bench",
      world: WORLD,
      publisher,
      lane: "standard",
      fingerprint: FINGERPRINT,
      contentType: "protobuf",
      firstSequence: sequence,
    });
    for (const first = sequence; sequence < first + count; sequence++) {
      const event = ground[sequence % KEYS] as (typeof ground)[number];
      writer.append(GroundConditionsChanged, event, { key: event.regionId ?? "", timeMs: Date.now() });
    }
    await host.surroundings.bus.send(writer.finish());
  };
}

/** @returns the secret of a new endpoint that has agreed */
async function put(hooks: Hooks, id: string, url: string): Promise<string> {
  const endpoint = {
    id,
    url,
    worldId: WORLD,
    ratePerS: 1_000,
    timeoutS: TIMEOUT_S,
    ordered: true,
    filter: { types: [GroundConditionsChanged.typeName] },
  };
  const { secret } = await hooks.putEndpoint({ endpoint });
  await hooks.verifyEndpoint({ id });
  return secret;
}

interface Said {
  readonly id: string;
  readonly subject: string;
  readonly sequence: string;
  readonly time: string;
}
const said = ({ body }: Got) => JSON.parse(body) as Said;

function isSigned({ body, headers }: Got, secret: string): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

/** Requests that came before an earlier event of their key was taken. */
function disordered(got: readonly Got[]): number {
  const taken = new Map<string, number>();
  let count = 0;
  for (const one of got) {
    const { subject, sequence } = said(one);
    const before = taken.get(subject) ?? 0;
    const expected = before === 0 ? Number(sequence) : before + KEYS;
    if (Number(sequence) !== expected) count += 1;
    if (one.answered === "well") taken.set(subject, Number(sequence));
  }
  return count;
}

async function failing(host: Host, temper: keyof typeof RETRIED_MS) {
  const hooks = hooksOf(host);
  const { child, port } = await beginEndpoint(temper);
  const secret = await put(hooks, "failing", `http://127.0.0.1:${port}/hook`);
  const events = KEYS * EVENTS_A_KEY;
  await groundTeller(host, "bench-failing")(events);
  const requests = events + KEYS * (temper === "once" ? 1 : 2);
  await until(
    "every event at the failing endpoint",
    async () => (await ask<number>(child, "count")) >= requests,
    RETRIED_MS[temper],
  );
  const got = await ask<Got[]>(child, "got");
  await hooks.removeEndpoint({ id: "failing" });
  await kill(child);
  const well = got.filter(({ answered }) => answered === "well");
  return {
    events,
    errors: got.filter(({ answered }) => answered === "error").length,
    lateAnswers: got.filter(({ answered }) => answered === "late").length,
    taken: new Set(well.map((one) => said(one).id)).size,
    takenTwice: well.length - new Set(well.map((one) => said(one).id)).size,
    disordered: disordered(got),
    unsigned: got.filter((one) => !isSigned(one, secret)).length,
  };
}

async function hundred(host: Host, endpoints: number, rate: number, seconds: number) {
  const hooks = hooksOf(host);
  const { child, port } = await beginEndpoint("well");
  const secrets = new Map<string, string>();
  for (let n = 0; n < endpoints; n++)
    secrets.set(`/${n}`, await put(hooks, `many-${n}`, `http://127.0.0.1:${port}/${n}`));
  const tell = groundTeller(host, "bench-many");
  const events = rate * seconds;
  const began = performance.now();
  for (let n = 0; n < events; n++) {
    await setTimeout(Math.max(0, (n * 1_000) / rate - (performance.now() - began)));
    await tell(1);
  }
  await until(
    "every delivery",
    async () => (await ask<number>(child, "count")) >= events * endpoints,
    seconds * 1_000 + 10_000,
  );
  const tookS = (performance.now() - began) / 1_000;
  const got = await ask<Got[]>(child, "got");
  await kill(child);
  const byPath = Map.groupBy(got, ({ path }) => path);
  const ages = got.map((one) => one.atMs - Date.parse(said(one).time));
  return {
    endpoints: byPath.size,
    deliveries: got.length,
    doubled: got.length - new Set(got.map((one) => `${one.path} ${said(one).id}`)).size,
    perSecond: got.length / tookS,
    p50Ms: percentile(ages, 0.5),
    p99Ms: percentile(ages, 0.99),
    manyDisordered: [...byPath.values()].reduce((sum, own) => sum + disordered(own), 0),
    manyUnsigned: got.filter((one) => !isSigned(one, secrets.get(one.path) ?? "")).length,
  };
}

const report = await withEventBus(
  async (host) => {
    // An endpoint is of a world that the journal has heard of.
    await groundTeller(host, "bench-first")(1);
    await setTimeout(1_000);
    return {
      ...(await failing(host, values.twice ? "twice" : "once")),
      ...(await hundred(host, Number(values.endpoints), Number(values.rate), Number(values.seconds))),
    };
  },
  { EVENT_BUS_WEBHOOK_PRIVATE: "on" },
);
console.log(values.json ? JSON.stringify(report) : report);
