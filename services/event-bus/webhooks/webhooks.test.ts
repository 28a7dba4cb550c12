import { createMemoryTransport, type VirtualClock, virtualClock } from "@orrery/bus";
import { DeliveryState, EndpointState, WebhookFormat, WebhookService } from "@orrery/schema/bus/v1";
import { fingerprint } from "@orrery/schema/registry";
import { WeatherSampled } from "@orrery/schema/weather/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { createLogger, type Host, startHost } from "@orrery/service";
import { createFrameWriter, fromCloudEvent } from "@orrery/wire";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import eventBus from "../service.ts";
import { createAddressGuard } from "./address.ts";
import { type Receiver, startReceiver } from "./endpoint.testing.ts";

const WORLD = "w";
const STEP_MS = 250;
const HOUR_MS = 3_600_000;
/** Of the loop, between two steps of virtual time: what a request over a real socket needs. */
const TURNS = 40;

let clock: VirtualClock;
let host: Host;
let receiver: Receiver;
let sequence: number;

const hooks = () => host.directory.client(WebhookService, { role: "admin", id: "ada", scopes: [] });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Lets virtual time pass, and real sockets work, until something holds. */
async function until(
  holds: () => boolean | Promise<boolean>,
  mostMs = 60_000,
  stepMs = STEP_MS,
): Promise<void> {
  for (let spent = 0; !(await holds()); spent += stepMs) {
    if (spent > mostMs) throw new Error(`not within ${mostMs} ms of virtual time`);
    await clock.advance(stepMs);
    for (let i = 0; i < TURNS; i++) await turn();
  }
}

async function pass(ms: number): Promise<void> {
  const untilMs = clock.now() + ms;
  await until(() => clock.now() >= untilMs);
}

/** Hours of the clock: game second `n * 3600`, one event each. */
async function publish(count: number, key?: (n: number) => string): Promise<void> {
  const writer = createFrameWriter({
    source: "time-manager",
    world: WORLD,
    publisher: "time-manager/w/s1",
    lane: "standard",
    fingerprint,
    firstSequence: sequence,
  });
  for (let n = sequence; n < sequence + count; n++) {
    if (key === undefined)
      writer.append(HourChanged, { atGs: n * 3_600, prevHour: n }, { timeMs: clock.now() });
    else writer.append(WeatherSampled, { atGs: n }, { timeMs: clock.now(), key: key(n) });
  }
  sequence += count;
  await host.surroundings.bus.send(writer.finish());
}

async function put(more: object = {}, verified = true): Promise<string> {
  const endpoint = { id: "shop", url: receiver.url, worldId: WORLD, ratePerS: 1_000, ...more };
  const { secret } = await hooks().putEndpoint({ endpoint });
  if (verified) await hooks().verifyEndpoint({ id: "shop" });
  return secret;
}

const info = async () => (await hooks().listEndpoints({})).endpoints[0];
const ids = () => receiver.received.map(({ headers }) => headers["webhook-id"]);

beforeEach(async () => {
  sequence = 1;
  clock = virtualClock({ startMs: Date.now() });
  receiver = await startReceiver();
  host = await startHost({
    services: [eventBus],
    transport: createMemoryTransport({ clock }),
    outsideTypes: ["*"],
    storeUrl: () => ":memory:",
    env: { EVENT_BUS_WEBHOOK_PRIVATE: "on" },
    log: createLogger("silent"),
    clock,
  });
  await publish(1);
  await until(async () => {
    try {
      await put({}, false);
      return true;
    } catch {
      return false;
    }
  });
  await hooks().removeEndpoint({ id: "shop" });
});
afterEach(async () => {
  const stopped = host.stop();
  let done = false;
  void stopped.then(() => (done = true));
  await until(() => done, HOUR_MS);
  await receiver.close();
});

describe("a webhook", () => {
  it("gets CloudEvents that the public library verifies, and that read back as what was published", async () => {
    const secret = await put();
    await publish(2);
    await until(() => receiver.received.length === 2);
    const [{ headers, body }] = receiver.received as [Receiver["received"][0]];
    const verified = new Webhook(secret).verify(body, headers as Record<string, string>);
    expect(headers["content-type"]).toBe("application/cloudevents+json");
    expect(headers["webhook-id"]).toBe("time-manager/w/s1/2");
    const read = fromCloudEvent(verified as never, HourChanged);
    expect(read).toMatchObject({
      world: WORLD,
      source: "time-manager",
      id: { sequence: 2 },
      message: { atGs: 7_200 },
    });
    expect(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>)).toThrow();
  });

  it("that answers 500, then too late, then 200, gets each key's events in order", async () => {
    await put({ ordered: true, timeoutS: 1 });
    receiver.answer(500, "hang");
    await publish(12, (n) => `k${n % 3}`);
    await until(async () => receiver.received.length >= 2 && (await info())?.pending === 0, 200_000);
    const accepted = new Map<string, number[]>();
    const seen = new Set<string>();
    for (const { body } of receiver.received.toReversed()) {
      const event = JSON.parse(body) as { id: string; subject: string; sequence: string };
      if (seen.has(event.id)) continue;
      seen.add(event.id);
      accepted.set(event.subject, [Number(event.sequence), ...(accepted.get(event.subject) ?? [])]);
    }
    expect(seen.size).toBe(12);
    for (const sequences of accepted.values())
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    const { deliveries } = await hooks().listDeliveries({ id: "shop" });
    expect(deliveries.every(({ state }) => state === DeliveryState.DELIVERED)).toBe(true);
    expect(deliveries.filter(({ attempts }) => attempts > 1)).toHaveLength(2);
  });

  it("comes as a batch, or with its context in headers, where that is asked for", async () => {
    await put({ format: WebhookFormat.BATCH });
    await publish(5);
    await until(() => receiver.received.length === 1);
    expect(JSON.parse(receiver.received[0]?.body ?? "")).toHaveLength(5);
    await put({ format: WebhookFormat.BINARY }, false);
    await publish(1);
    await until(() => receiver.received.length === 2);
    const last = receiver.received[1];
    expect(last?.headers).toMatchObject({ "ce-type": HourChanged.typeName, "ce-id": "time-manager/w/s1/7" });
    expect(JSON.parse(last?.body ?? "")).toMatchObject({ atGs: 7 * 3_600 });
  });

  it("is asked before anything is sent, and asked again when it moves", async () => {
    await put({}, false);
    await publish(3);
    receiver.allow({ "webhook-allowed-origin": "somebody.else" });
    await expect(hooks().verifyEndpoint({ id: "shop" })).rejects.toThrow(/BUS_ENDPOINT_UNVERIFIED/);
    receiver.allow({}, 405);
    await expect(hooks().verifyEndpoint({ id: "shop" })).rejects.toThrow(/OPTIONS answered 405/);
    expect(receiver.received).toHaveLength(0);
    receiver.allow({ "webhook-allowed-origin": "orrery.events", "webhook-allowed-rate": "120" });
    const { info: agreed } = await hooks().verifyEndpoint({ id: "shop" });
    expect(agreed).toMatchObject({ state: EndpointState.ACTIVE, allowedPerMin: 120 });
    const began = clock.now();
    await until(() => receiver.received.length === 3);
    // Two a second were allowed.
    expect(clock.now() - began).toBeGreaterThanOrEqual(1_000);
    await put({ url: `${receiver.url}/elsewhere` }, false);
    expect((await info())?.state).toBe(EndpointState.UNVERIFIED);
  });

  it("obeys Retry-After, is disabled by 410, and goes on where it stood after a pause", async () => {
    await put();
    receiver.answer({ status: 503, headers: { "retry-after": "20" } });
    const began = clock.now();
    await publish(1);
    await until(() => receiver.received.length === 2);
    expect(clock.now() - began).toBeGreaterThanOrEqual(20_000);
    await hooks().pauseEndpoint({ id: "shop" });
    await publish(3);
    await pass(2_000);
    expect(await info()).toMatchObject({ pending: 0, state: EndpointState.PAUSED });
    await hooks().resumeEndpoint({ id: "shop" });
    await until(() => receiver.received.length === 5);
    receiver.answer(410);
    await publish(1);
    await until(async () => (await info())?.state === EndpointState.DISABLED);
    await expect(hooks().resumeEndpoint({ id: "shop" })).rejects.toThrow(/BUS_ENDPOINT_UNVERIFIED/);
  });

  it("keeps its old secret for a day after a rotation, and can be sent an event again", async () => {
    const old = await put();
    const { secret, oldUntilMs } = await hooks().rotateSecret({ id: "shop" });
    expect(oldUntilMs - clock.now()).toBeGreaterThan(23 * HOUR_MS);
    await publish(1);
    await until(() => receiver.received.length === 1);
    const [{ headers, body }] = receiver.received as [Receiver["received"][0]];
    for (const one of [old, secret]) new Webhook(one).verify(body, headers as Record<string, string>);
    await hooks().redeliver({ id: "shop", events: [{ publisher: "time-manager/w/s1", sequence: 2 }] });
    await until(() => receiver.received.length === 2);
    expect(new Set(ids()).size).toBe(1);
    expect(await hooks().testEndpoint({ id: "shop" })).toMatchObject({ status: 204 });
  });

  it("gives an event up after its last attempt, and is paused when every attempt failed for a day", async () => {
    await put();
    receiver.answer(...Array.from({ length: 40 }, () => 500));
    await publish(1);
    await until(async () => (await info())?.state === EndpointState.PAUSED, 60 * HOUR_MS, HOUR_MS / 6);
    expect(await info()).toMatchObject({
      pending: 0,
      dead: 1,
      reason: expect.stringMatching(/failed since/),
    });
    const { deliveries } = await hooks().listDeliveries({ id: "shop", state: DeliveryState.DEAD });
    expect(deliveries).toMatchObject([{ attempts: 10, event: { sequence: 2 } }]);
    receiver.answer();
    await hooks().resumeEndpoint({ id: "shop" });
    await hooks().redeliver({ id: "shop", events: [{ publisher: "time-manager/w/s1", sequence: 2 }] });
    await until(async () => (await info())?.dead === 0);
  });

  it("goes to no private address, and nowhere without TLS, unless that was allowed", async () => {
    const guard = createAddressGuard(false);
    for (const url of [
      "http://example.org/",
      "https://127.0.0.1/",
      "https://[::1]/",
      "https://10.1.2.3/x",
      "ftp://a/",
      "no url",
      "https://u:p@example.org/",
    ])
      expect(() => guard.check(url), url).toThrow(/BUS_URL_REFUSED/);
    expect(guard.check("https://example.org/x").hostname).toBe("example.org");
    await new Promise<void>((resolve) =>
      guard.lookup("localhost", { all: true }, (error) => {
        expect(String(error)).toMatch(/BUS_URL_REFUSED/);
        resolve();
      }),
    );
  });
});
