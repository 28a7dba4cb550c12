import { jetstreamManager } from "@nats-io/jetstream";
import { connect, headers } from "@nats-io/transport-node";
import { createBus, type SubscriptionSpec, type Transport } from "@orrery/bus";
import { createFrameWriter, defineErrors, OrreryError } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type NatsOptions, openNatsTransport } from "./mod.ts";
import { type NatsServer, startNatsServer } from "./testing/mod.ts";

const TYPE = "probe.v1.Sampled";
const ORDERS = ["none", "key"] as const;
const errors = defineErrors({ TEST_NO: { status: "internal", summary: "No", todo: "Nothing" } });

let server: NatsServer;
let open: Transport[] = [];

beforeEach(async () => {
  server = await startNatsServer();
});
afterEach(async () => {
  await Promise.all(open.map((transport) => transport.close()));
  open = [];
  await server.close();
});

async function transport(options: Partial<NatsOptions> = {}): Promise<Transport> {
  const opened = await openNatsTransport({ servers: server.address, leaseSeconds: 1, ...options });
  open.push(opened);
  return opened;
}

async function manage<T>(act: (jsm: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<T>): Promise<T> {
  const nc = await connect({ servers: server.address });
  try {
    return await act(await jetstreamManager(nc));
  } finally {
    await nc.close();
  }
}

function frame(sequence: number): Uint8Array {
  const writer = createFrameWriter({
    publisher: "writer",
    source: "probe",
    world: "probe",
    lane: "realtime",
    fingerprint: "c0f0000000000000",
    firstSequence: sequence,
  });
  writer.appendRaw(TYPE, Buffer.from(String(sequence)), { key: "one", timeMs: 1_000 + sequence });
  return writer.finish();
}

/** Reads in both orders; refuses multiples of ten. */
async function readers(on: Transport) {
  const bus = createBus({ transport: on });
  const got: Record<string, number[]> = { none: [], key: [] };
  for (const order of ORDERS) {
    await bus.subscribe({
      id: `probe/${order}`,
      order,
      types: [TYPE],
      handle({ sequence }) {
        if (sequence % 10 === 0) throw new OrreryError(errors.TEST_NO);
        got[order]?.push(sequence);
      },
    }).ready;
  }
  const both = (wanted: readonly number[]) =>
    expect
      .poll(() => ORDERS.map((order) => [...new Set(got[order])].sort((a, b) => a - b)), { timeout: 10_000 })
      .toEqual([wanted, wanted]);
  return { bus, both };
}

const letters = async (on: Transport) =>
  (await Promise.all(ORDERS.map((order) => on.deadLetters(`probe/${order}`, { limit: 100 })))).map((page) =>
    page.map(({ sequence }) => sequence),
  );

test("a store that was emptied under running readers: they go on by themselves within 10 s, and what was lost is said", async () => {
  const t = await transport();
  const { bus, both } = await readers(t);
  await t.publish([frame(1)]);
  await both([1]);
  await server.empty();
  await t.publish([frame(2)]);
  await both([1, 2]);
  await t.publish([frame(10), frame(11)]);
  await both([1, 2, 11]);
  await expect.poll(() => letters(t), { timeout: 10_000 }).toEqual([[10], [10]]);
  await expect
    .poll(async () => (await bus.lag()).map(({ events }) => events), { timeout: 10_000 })
    .toEqual([0, 0]);
  expect((await t.subscriptions()).map(({ id }) => id).sort()).toEqual(["probe/key", "probe/none"]);
  expect(bus.troubles().map(({ kind }) => kind)).toContain("loss");
  expect(bus.troubles().find(({ what }) => what.includes("orrery-record"))?.what).toMatch(
    /was gone and was made again at .*: what it held is lost/,
  );
});

test.each(["record", "retry", "dead", "world-probe"])(
  "stream orrery-%s deleted under running readers is made again, and they go on",
  async (name) => {
    const t = await transport();
    const { both } = await readers(t);
    await t.publish([frame(1)]);
    await both([1]);
    await manage((jsm) => jsm.streams.delete(`orrery-${name}`));
    await t.publish([frame(2), frame(10)]);
    await both([1, 2]);
    await expect.poll(() => letters(t), { timeout: 10_000 }).toEqual([[10], [10]]);
    await t.publish([frame(3)]);
    await both([1, 2, 3]);
  },
);

test("streams and consumers that were edited are put back", async () => {
  const t = await transport();
  const { both } = await readers(t);
  await t.publish([frame(1)]);
  await both([1]);
  await manage(async (jsm) => {
    await jsm.streams.update("orrery-world-probe", { subjects: ["elsewhere.>"] });
    await jsm.streams.update("orrery-dead", { subjects: ["nowhere.>"] });
    await jsm.consumers.update("orrery-world-probe", "probe=2fnone", {
      filter_subjects: ["elsewhere.nothing"],
      max_deliver: 1,
    });
    await jsm.consumers.pause("orrery-world-probe", "probe=2fnone", new Date(Date.now() + 3_600_000));
  });
  await t.publish([frame(2), frame(10)]);
  await both([1, 2]);
  await expect.poll(() => letters(t), { timeout: 10_000 }).toEqual([[10], [10]]);
});

test("a server that does not answer is a trouble within 10 s, and none once it does", async () => {
  const t = await transport();
  const { bus } = await readers(t);
  await server.kill();
  await expect.poll(() => bus.troubles()[0]?.what, { timeout: 10_000 }).toMatch(/no NATS server answers at/);
  await server.restart();
  await expect.poll(() => bus.troubles(), { timeout: 10_000 }).toEqual([]);
});

describe("what others wrote", () => {
  const write = (subject: string, text: string, hdrs?: ReturnType<typeof headers>) =>
    (async () => {
      const nc = await connect({ servers: server.address });
      nc.publish(subject, text, hdrs === undefined ? {} : { headers: hdrs });
      await nc.flush();
      await nc.close();
    })();

  test("a record of a subscription that cannot be read is named, and the others are there as before", async () => {
    const t = await transport();
    const { bus } = await readers(t);
    await write("orrery.record.subscription.strange", "no record");
    await write("orrery.record.subscription.other", JSON.stringify({ spec: { id: 7 } }));
    expect((await t.subscriptions()).map(({ id }) => id).sort()).toEqual(["probe/key", "probe/none"]);
    expect((await bus.lag()).map(({ events }) => events)).toEqual([0, 0]);
    const said = bus.troubles().map(({ what }) => what);
    expect(said.some((what) => what.includes("orrery.record.subscription.strange cannot be read"))).toBe(
      true,
    );
    const spec: SubscriptionSpec = { id: "strange", types: [TYPE], order: "none", from: "earliest" };
    await t.ensure({ topics: [], subscriptions: [spec] });
    expect((await t.subscriptions()).map(({ id }) => id)).toContain("strange");
  });

  test("a position that cannot be read is written again by who holds it", async () => {
    const t = await transport();
    const { both } = await readers(t);
    await t.publish([frame(1)]);
    await both([1]);
    await write("orrery.record.position.probe=2fkey", "{");
    await t.publish([frame(2)]);
    await both([1, 2]);
  });

  test("a header that says what cannot be leaves lag a number", async () => {
    const t = await transport();
    await t.ensure({
      topics: [],
      subscriptions: [{ id: "probe/late", types: [TYPE], order: "key", from: "earliest" }],
    });
    await t.publish([frame(1)]);
    const hdrs = headers();
    for (const name of ["Count", "First", "Last", "Time"]) hdrs.set(`Orrery-${name}`, "many");
    hdrs.set("Orrery-Types", TYPE);
    await write("orrery.world.probe.realtime.probe.stranger", "?", hdrs);
    expect(await t.lag("probe/late")).toMatchObject({ events: 2, frames: 2, oldestMs: 1_001 });
  });
});
