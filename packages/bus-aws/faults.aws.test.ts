import { DeleteTopicCommand, ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { busErrors, createBus, type SubscriptionSpec, systemClock, type Transport } from "@orrery/bus";
import { createFrameWriter } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { busAwsErrors } from "./errors.ts";
import { type AwsOptions, type AwsTransport, openAwsTransport } from "./mod.ts";
import { awsError, type HookedProxy, snsError, startHookedProxy } from "./testing/hooked-proxy.ts";
import { type Emulator, startMinistack, TEST_CREDENTIALS } from "./testing/mod.ts";

let emulator: Emulator;
let proxy: HookedProxy;
let open: Transport[] = [];
let sqs: SQSClient;
let sns: SNSClient;

beforeEach(async () => {
  emulator = await startMinistack();
  proxy = await startHookedProxy(emulator.endpoint);
  const direct = { endpoint: emulator.endpoint, region: "us-east-1", credentials: TEST_CREDENTIALS };
  sqs = new SQSClient({ ...direct, useQueueUrlAsEndpoint: false });
  sns = new SNSClient(direct);
});
afterEach(async () => {
  proxy.hook = () => undefined;
  await Promise.all(open.map((transport) => transport.close()));
  open = [];
  sqs.destroy();
  sns.destroy();
  await proxy.close();
  await emulator.close();
});

async function transport(options: Partial<AwsOptions> = {}): Promise<AwsTransport> {
  const opened = await openAwsTransport({
    endpoint: proxy.endpoint,
    credentials: TEST_CREDENTIALS,
    leaseSeconds: 1,
    waitSeconds: 1,
    ...options,
  });
  open.push(opened);
  return opened;
}

const TYPE = "probe.v1.Sampled";
const ADDED = "probe.v1.Added";
const spec = (id: string, order: "key" | "none" = "none"): SubscriptionSpec => ({
  id,
  types: [TYPE],
  order,
  from: "latest",
});

/** A frame of one event. */
function frame(sequence: number, publisher = "writer", source = "probe", type = TYPE): Uint8Array {
  const writer = createFrameWriter({
    publisher,
    source,
    world: "probe",
    lane: "realtime",
    fingerprint: "c0f0000000000000",
    firstSequence: sequence,
  });
  writer.appendRaw(type, Buffer.from(String(sequence)), { key: "one", timeMs: 1_000 + sequence });
  return writer.finish();
}

async function read(on: Transport, { id, order }: SubscriptionSpec, got: number[]) {
  const bus = createBus({ transport: on });
  await bus.subscribe({
    id,
    order,
    types: [TYPE],
    from: "latest",
    handle: (event) => void got.push(event.sequence),
  }).ready;
  return bus;
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    (error) => error.code as string,
  );
const ORDERS = ["none", "key"] as const;

async function queueUrl(id: string, order: "key" | "none", suffix = ""): Promise<string> {
  const name = `gaming-system-${id.replace("/", "_")}-events${suffix}${order === "key" ? ".fifo" : ""}`;
  return (await sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl ?? "";
}

describe("wrong circumstances have a code", () => {
  test("nobody there", async () => {
    const nobody = openAwsTransport({
      endpoint: "http://127.0.0.1:1",
      credentials: TEST_CREDENTIALS,
      outageMs: 300,
    });
    expect(await code(nobody)).toBe(busAwsErrors.AWS_UNREACHABLE.code);
  });

  test("wrong credentials", async () => {
    proxy.hook = () =>
      awsError(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
    expect(await code(transport())).toBe(busAwsErrors.AWS_REFUSED.code);
  });

  test("a wrong clock, or credentials that have expired", async () => {
    proxy.hook = () => awsError(403, "RequestExpired", "Signature expired: 20261123T000000Z is now earlier");
    expect(await code(transport({ outageMs: 300 }))).toBe(busAwsErrors.AWS_EXPIRED.code);
  });

  test("an option out of its range, with AWS's figure where it is AWS's", async () => {
    expect(await code(transport({ prefix: "a.b" }))).toBe(busAwsErrors.AWS_BAD_OPTION.code);
    await expect(transport({ waitSeconds: 21 })).rejects.toThrow("0..20");
    await expect(transport({ leaseSeconds: 43_200 })).rejects.toThrow("0..43200");
  });

  test("an unknown subscription, another order, a frame too large, a delay too long", async () => {
    const t = await transport();
    expect(await code(t.open(spec("probe/none")))).toBe(busErrors.BUS_SUBSCRIPTION_MISSING.code);
    await t.ensure({ topics: [], subscriptions: [spec("probe/a"), spec("probe/b", "key")] });
    const other = t.ensure({ topics: [], subscriptions: [spec("probe/a", "key")] });
    expect(await code(other)).toBe(busErrors.BUS_SUBSCRIPTION_CONFLICT.code);
    const large = new Uint8Array(t.features.maxFrameBytes + 1);
    expect(await code(t.publish([large]))).toBe(busErrors.BUS_FRAME_TOO_LARGE.code);
    const late = { delayMs: t.features.delay + 1, attempt: 1, generation: 0 };
    expect(await code(t.requeue("probe/a", frame(1), late))).toBe(busErrors.BUS_FEATURE_MISSING.code);
    const some = { delayMs: 1, attempt: 1, generation: 0 };
    expect(await code(t.requeue("probe/b", frame(1), some))).toBe(busErrors.BUS_FEATURE_MISSING.code);
  });

  test("a beginning that nobody kept, and order on lanes that keep none", async () => {
    const t = await transport();
    const early = { ...spec("probe/early"), from: "earliest" } as const;
    await t.ensure({ topics: [{ service: "probe", lane: "realtime" }], subscriptions: [early] });
    await t.publish([frame(1)]);
    const late = { ...spec("probe/late"), from: "earliest" } as const;
    expect(await code(t.ensure({ topics: [], subscriptions: [late] }))).toBe(
      busErrors.BUS_FEATURE_MISSING.code,
    );
    const others = { ...late, types: ["weather.*"] };
    await t.ensure({ topics: [], subscriptions: [others] });
    const standard = await transport({ prefix: "standard", fifo: ["bulk"] });
    expect(standard.features.orderedByKey).toBe(false);
    const ordered = standard.ensure({ topics: [], subscriptions: [spec("probe/ordered", "key")] });
    expect(await code(ordered)).toBe(busErrors.BUS_FEATURE_MISSING.code);
  });

  test("nothing is made where only checking is allowed", async () => {
    const t = await transport({ topology: "check" });
    const subscriptions = [spec("probe/a")];
    expect(await code(t.ensure({ topics: [], subscriptions }))).toBe(busErrors.BUS_SUBSCRIPTION_MISSING.code);
    const topics = [{ service: "probe", lane: "realtime" }] as const;
    expect(await code(t.ensure({ topics, subscriptions: [] }))).toBe(busErrors.BUS_TOPIC_MISSING.code);
  });

  for (const order of ORDERS) {
    test(`a missing dead-letter queue is said, or made again, order ${order}`, async () => {
      const first = await transport();
      await first.ensure({ topics: [], subscriptions: [spec("probe/a", order)] });
      await sqs.send(new DeleteQueueCommand({ QueueUrl: await queueUrl("probe/a", order, "-dlq") }));
      const checking = await transport({ topology: "check" });
      const checked = checking.ensure({ topics: [], subscriptions: [spec("probe/a", order)] });
      expect(await code(checked)).toBe(busAwsErrors.AWS_DEAD_LETTER_QUEUE_MISSING.code);
      const making = await transport();
      await making.ensure({ topics: [], subscriptions: [spec("probe/a", order)] });
      expect(await queueUrl("probe/a", order, "-dlq")).not.toBe("");
    });
  }

  test("no answer while publishing: bounded in time and in bytes", async () => {
    const t = await transport({ outageMs: 500, outageBytes: 1_000 });
    await t.publish([frame(1)]);
    proxy.hook = () => awsError(503, "ServiceUnavailable");
    const waiting = code(t.publish(numbers(2, 10).map((n) => frame(n))));
    expect(await code(t.publish(numbers(11, 20).map((n) => frame(n))))).toBe(busErrors.BUS_THROTTLED.code);
    expect(await waiting).toBe(busErrors.BUS_OUTCOME_UNKNOWN.code);
  });
});

describe("what AWS refuses for a while comes through", () => {
  for (const order of ORDERS) {
    test(`throttling and errors of every third call of a kind, order ${order}`, async () => {
      const t = await transport();
      const got: number[] = [];
      await read(t, spec("probe/reader", order), got);
      // By kind: counted together, polls in between could make every retry of one publish the third call.
      const seen = new Map<string, number>();
      proxy.hook = ({ action, body }) => {
        const calls = (seen.get(action) ?? 0) + 1;
        seen.set(action, calls);
        if (calls % 7 === 0) return { status: 200, body: "<html>a proxy's page</html>" };
        if (calls % 3 !== 0) return undefined;
        if (body.includes("Action="))
          return calls % 2 ? snsError(429, "Throttling") : snsError(500, "InternalError");
        return calls % 2 ? awsError(400, "RequestThrottled") : awsError(503, "ServiceUnavailable");
      };
      for (const n of numbers(1, 30)) await t.publish([frame(n)]);
      await expect.poll(() => new Set(got).size, { timeout: 20_000 }).toBe(30);
      if (order === "key") expect([...new Set(got)]).toEqual(numbers(1, 30));
      expect([...t.counted.byApi.values()].some(({ errors }) => errors > 0)).toBe(true);
    });

    test(`answers that are lost after the deed, order ${order}`, async () => {
      const t = await transport();
      const got: number[] = [];
      await read(t, spec("probe/reader", order), got);
      let publishes = 0;
      proxy.hook = ({ action }) =>
        /^Publish/.test(action) && publishes++ % 2 === 0 ? "lose-reply" : undefined;
      for (const n of numbers(1, 10)) await t.publish([frame(n)]);
      await expect.poll(() => got.length, { timeout: 20_000 }).toBe(10);
      expect([...new Set(got)]).toHaveLength(10);
      await expect.poll(async () => (await t.lag("probe/reader")).frames, { timeout: 10_000 }).toBe(0);
    });
  }
});

describe("what is lost at AWS comes back", () => {
  for (const order of ORDERS) {
    test(`the queue deleted behind our back, order ${order}`, async () => {
      const t = await transport();
      const got: number[] = [];
      await read(t, spec("probe/reader", order), got);
      await t.publish([frame(1)]);
      await expect.poll(() => got.length, { timeout: 10_000 }).toBe(1);
      await sqs.send(new DeleteQueueCommand({ QueueUrl: await queueUrl("probe/reader", order) }));
      await expect
        .poll(() => queueUrl("probe/reader", order).catch(() => ""), { timeout: 15_000 })
        .not.toBe("");
      for (const n of numbers(2, 20)) await t.publish([frame(n)]);
      await expect.poll(() => new Set(got).size, { timeout: 20_000 }).toBe(20);
    });

    test(`the topic deleted behind our back, order ${order}`, async () => {
      const t = await transport();
      const got: number[] = [];
      await read(t, spec("probe/reader", order), got);
      await t.publish([frame(1)]);
      const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
      for (const { TopicArn = "" } of Topics) await sns.send(new DeleteTopicCommand({ TopicArn }));
      for (const n of numbers(2, 20)) await t.publish([frame(n)]);
      await expect.poll(() => new Set(got).size, { timeout: 20_000 }).toBe(20);
    });
  }
});

test("the token's queue deleted behind our back", async () => {
  const t = await transport();
  const got: number[] = [];
  await read(t, spec("probe/reader", "key"), got);
  await sqs.send(new DeleteQueueCommand({ QueueUrl: await queueUrl("probe/reader", "key", "-owner") }));
  await expect
    .poll(() => queueUrl("probe/reader", "key", "-owner").catch(() => ""), { timeout: 15_000 })
    .not.toBe("");
  for (const n of numbers(1, 10)) await t.publish([frame(n)]);
  await expect.poll(() => got, { timeout: 15_000 }).toEqual(numbers(1, 10));
});

describe("what is none of ours", () => {
  for (const order of ORDERS) {
    test(`a stranger's message is a dead letter, and what follows is handled, order ${order}`, async () => {
      const t = await transport();
      const got: number[] = [];
      const bus = await read(t, spec("probe/reader", order), got);
      const fifo = order === "key" ? { MessageGroupId: "writer", MessageDeduplicationId: "s" } : {};
      const stranger = {
        QueueUrl: await queueUrl("probe/reader", order),
        MessageBody: "no frame at all",
        MessageAttributes: { return: { DataType: "String", StringValue: "{" } },
        ...fifo,
      };
      await sqs.send(new SendMessageCommand(stranger));
      await t.publish([frame(1)]);
      await expect.poll(() => got, { timeout: 10_000 }).toEqual([1]);
      const letters = async () => Array.fromAsync(bus.deadLetters("probe/reader"));
      await expect.poll(async () => (await letters()).length, { timeout: 15_000 }).toBe(1);
      const [letter] = await letters();
      expect(letter?.reason).toBe("UNDECODABLE");
      expect(Buffer.from(letter?.payload ?? []).toString()).toBe("no frame at all");
    });
  }

  test("strangers' messages of every size up to SQS's limit become letters with all their bytes, and nothing stands", async () => {
    const t = await transport();
    const got: number[] = [];
    const bus = await read(t, spec("probe/reader"), got);
    const sizes = [1, 250_000, 262_144, 780_000, 1_048_576];
    for (const size of sizes) {
      const QueueUrl = await queueUrl("probe/reader", "none");
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x".repeat(size) }));
    }
    await t.publish([frame(1)]);
    await expect.poll(() => got, { timeout: 20_000 }).toEqual([1]);
    const letters = () => Array.fromAsync(bus.deadLetters("probe/reader"));
    await expect.poll(async () => (await letters()).length, { timeout: 30_000 }).toBe(sizes.length);
    const lengths = (await letters()).map(({ payload }) => payload.length);
    expect(lengths.sort((a, b) => a - b)).toEqual(sizes);
    expect(bus.troubles()).toEqual([]);
  });

  test("what SQS itself set apart is listed, whole", async () => {
    const t = await transport();
    await t.ensure({ topics: [], subscriptions: [spec("probe/a")] });
    const bytes = frame(7);
    const moved = {
      QueueUrl: await queueUrl("probe/a", "none", "-dlq"),
      MessageBody: Buffer.from(bytes).toString("base64"),
      MessageAttributes: { types: { DataType: "String.Array", StringValue: `["${TYPE}"]` } },
    };
    await sqs.send(new SendMessageCommand(moved));
    const [letter] = await t.deadLetters("probe/a", { limit: 10 });
    expect(letter?.reason).toBe("MAX_ATTEMPTS");
    expect(Buffer.from(letter?.frame ?? []).equals(Buffer.from(bytes))).toBe(true);
    await t.removeDeadLetter("probe/a", letter?.entryId ?? "");
    expect(await t.deadLetters("probe/a", { limit: 10 })).toEqual([]);
    expect(await code(t.removeDeadLetter("probe/a", letter?.entryId ?? ""))).toBe(
      busErrors.BUS_DEAD_LETTER_UNKNOWN.code,
    );
  });
});

test("an ephemeral subscription's queues go when its member leaves", async () => {
  const t = await transport();
  const ephemeral = { ...spec("probe/view-1"), ephemeral: true };
  await t.ensure({ topics: [{ service: "probe", lane: "realtime" }], subscriptions: [ephemeral] });
  const consumer = await t.open(ephemeral);
  await consumer.close();
  expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
  expect(await t.subscriptions()).toEqual([]);
});

test("two deployments in one account stay apart, also when one's prefix begins like the other's", async () => {
  const [one, two] = [await transport({ prefix: "gs" }), await transport({ prefix: "gs-probe" })];
  const [first, second]: number[][] = [[], []];
  await read(one, spec("probe/reader"), first as number[]);
  await read(two, spec("probe/reader"), second as number[]);
  await one.publish([frame(1)]);
  await two.publish([frame(2)]);
  await expect.poll(() => [first, second], { timeout: 10_000 }).toEqual([[1], [2]]);
  expect((await one.subscriptions()).length).toBe(1);
});

test("a lane with one reader goes to its queue without a topic", async () => {
  const t = await transport({ direct: [{ service: "probe", lane: "realtime", subscription: "probe/only" }] });
  const got: number[] = [];
  await read(t, spec("probe/only", "key"), got);
  await t.publish(numbers(1, 20).map((n) => frame(n)));
  await expect.poll(() => got, { timeout: 10_000 }).toEqual(numbers(1, 20));
  expect([...t.counted.byApi.keys()].filter((api) => api.startsWith("sns:Publish"))).toEqual([]);
});

test("a copy of an earlier release takes nothing away of what the next one hears, of old topics and of new ones", async () => {
  const sleep = systemClock.sleep.bind(systemClock);
  // What a process looks for once a minute.
  const spied = vi.spyOn(systemClock, "sleep");
  spied.mockImplementation((ms, signal) => sleep(ms === 60_000 ? 200 : ms, signal));
  const [earlier, writer, later] = [await transport(), await transport(), await transport()];
  const reading = await read(earlier, spec("probe/shared"), []);
  await writer.publish([frame(1)]);
  const got: string[] = [];
  const bus = createBus({ transport: later });
  await bus.subscribe({
    id: "probe/shared",
    order: "none",
    types: [TYPE, ADDED],
    from: "latest",
    handle: ({ type, publisher }) => void (type === ADDED && got.push(publisher)),
  }).ready;
  await earlier.ensure({ topics: [{ service: "other", lane: "realtime" }], subscriptions: [] });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  // While it reads it shares what comes, and has no use for what it does not know.
  await reading.drain({ deadlineMs: 5_000 });
  for (const source of ["probe", "other"]) await writer.publish([frame(1, `of-${source}`, source, ADDED)]);
  await expect.poll(() => got.sort(), { timeout: 10_000 }).toEqual(["of-other", "of-probe"]);
  spied.mockRestore();
});

describe("the emulator itself is killed", () => {
  for (const order of ORDERS) {
    test(`and comes back having forgotten everything: what is published then arrives, order ${order}`, async () => {
      const t = await transport({ outageMs: 20_000 });
      const got: number[] = [];
      await read(t, spec("probe/reader", order), got);
      await t.publish([frame(1)]);
      await expect.poll(() => got.length, { timeout: 10_000 }).toBe(1);
      await emulator.restart();
      await expect
        .poll(() => queueUrl("probe/reader", order).catch(() => ""), { timeout: 20_000 })
        .not.toBe("");
      for (const n of numbers(2, 10)) await t.publish([frame(n)]);
      await expect.poll(() => new Set(got).size, { timeout: 20_000 }).toBe(10);
    });
  }
});
