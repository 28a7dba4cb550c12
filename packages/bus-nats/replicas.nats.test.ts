import { createBus, type Transport } from "@orrery/bus";
import { createFrameWriter, defineErrors, OrreryError } from "@orrery/wire";
import { afterEach, expect, test } from "vitest";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { busNatsErrors } from "./errors.ts";
import { type NatsOptions, openNatsTransport } from "./mod.ts";
import { type NatsCluster, startNatsCluster } from "./testing/mod.ts";

const TYPE = "probe.v1.Sampled";
const errors = defineErrors({ TEST_NO: { status: "internal", summary: "No", todo: "Nothing" } });
let cluster: NatsCluster;
let open: Transport[] = [];

afterEach(async () => {
  await Promise.all(open.map((transport) => transport.close()));
  open = [];
  await cluster.close();
});

async function transport(options: Partial<NatsOptions> = {}): Promise<Transport> {
  const servers = cluster.servers.map(({ address }) => address);
  const opened = await openNatsTransport({ servers, leaseSeconds: 1, ...options });
  open.push(opened);
  return opened;
}

function frame(sequence: number): Uint8Array {
  const head = { publisher: "writer", source: "probe", world: "probe", lane: "realtime" } as const;
  const writer = createFrameWriter({ ...head, fingerprint: "c0f0000000000000", firstSequence: sequence });
  writer.appendRaw(TYPE, Buffer.from("x"), { key: "one", timeMs: 1_000 });
  return writer.finish();
}

test("three copies are kept when they are asked for, also of streams that had one", async () => {
  cluster = await startNatsCluster(3);
  const one = await transport();
  await one.publish([frame(1)]);
  expect(one.features.durabilityNote).toMatch(/^one copy/);
  const three = await transport({ replicas: 3 });
  await three.publish([frame(2)]);
  expect(three.features.durabilityNote).toMatch(/^one copy|^3 copies/);
  const nc = await connect({ servers: cluster.servers.map(({ address }) => address) });
  const jsm = await jetstreamManager(nc);
  for (const name of ["orrery-record", "orrery-retry", "orrery-dead", "orrery-world-probe"])
    expect((await jsm.streams.info(name)).config.num_replicas, name).toBe(3);
  await nc.close();
});

test("more copies than there are servers are refused with a sentence", async () => {
  cluster = await startNatsCluster(1);
  const refused = await openNatsTransport({ servers: cluster.servers[0]?.address ?? "", replicas: 3 }).then(
    () => "none",
    (error) => error.code as string,
  );
  expect(refused).toBe(busNatsErrors.NATS_REPLICAS.code);
});

test("deployments with prefixes of their own share no subscription and no letter", async () => {
  cluster = await startNatsCluster(1);
  const [a, b] = [await transport({ prefix: "a" }), await transport({ prefix: "b" })];
  const heard: string[] = [];
  for (const [name, own] of Object.entries({ a, b })) {
    await createBus({ transport: own }).subscribe({
      id: "probe/reader",
      types: [TYPE],
      order: "key",
      handle({ sequence }) {
        heard.push(`${name}${sequence}`);
        if (sequence === 2) throw new OrreryError(errors.TEST_NO);
      },
    }).ready;
  }
  await a.publish([frame(1), frame(2)]);
  await expect.poll(async () => (await a.deadLetters("probe/reader", { limit: 9 })).length).toBe(1);
  expect(await b.deadLetters("probe/reader", { limit: 9 })).toEqual([]);
  expect(heard).toEqual(["a1", "a2"]);
});

test("what is not known of a server is not claimed", async () => {
  cluster = await startNatsCluster(1);
  expect((await transport()).features.durabilityNote).toMatch(
    /is not known here: name its monitoring address/,
  );
  expect((await transport({ sync: "always" })).features).toMatchObject({
    ackDurability: "synced",
    durabilityNote: "one copy",
  });
});
