import { AckPolicy, type ConsumerConfig, type ConsumerInfo, DeliverPolicy } from "@nats-io/jetstream";
import { isDeepStrictEqual } from "node:util";
import type { SubscriptionSpec } from "@orrery/bus";
import { apiCode, type Connection } from "./connection.ts";
import type { Known } from "./known.ts";
import type { Names } from "./names.ts";
import type { Streams } from "./streams.ts";

const NANOS_PER_MS = 1_000_000;
/** The server waits this much longer than a member counts on its lease. */
const MARGIN_MS = 500;
const EXISTS = [10_013, 10_105, 10_148];
/** A reader whose process died is forgotten after this. */
const INACTIVE_MS = 60_000;

/** Where reading a stream begins: behind a place in it, or as its subscription says. */
export function startOf(known: Known, floor: number | undefined): Partial<ConsumerConfig> {
  if (floor !== undefined) return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: floor + 1 };
  if (known.spec.from === "earliest") return { deliver_policy: DeliverPolicy.All };
  return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: known.since };
}

/** Streams of worlds that a subscription reads. */
export function wantedStreams(spec: SubscriptionSpec, names: Names, all: readonly string[]): string[] {
  if (spec.worlds === undefined) return [...all];
  const wanted = new Set(spec.worlds.map(names.worldStream));
  return all.filter((stream) => wanted.has(stream));
}

const CHANGEABLE = [
  "filter_subject",
  "filter_subjects",
  "ack_wait",
  "max_deliver",
  "max_ack_pending",
] as const;

/** Whether somebody changed a consumer behind our back. */
function isEdited({ config, paused }: ConsumerInfo, wanted: Partial<ConsumerConfig>): boolean {
  const same = (field: (typeof CHANGEABLE)[number]) =>
    wanted[field] === undefined || isDeepStrictEqual(config[field], wanted[field]);
  return paused === true || !CHANGEABLE.every(same);
}

/** The server's consumers behind subscriptions. */
export type Durables = ReturnType<typeof createDurables>;

export function createDurables({ jsm }: Connection, names: Names, streams: Streams, leaseMs: number) {
  /** Highest place known to be settled, so that a consumer that was deleted begins there again. */
  const floors = new Map<string, number>();
  const incarnations = new Map<string, string>();

  async function make(stream: string, config: Partial<ConsumerConfig>): Promise<void> {
    try {
      await jsm.consumers.add(stream, config);
    } catch (error) {
      const name = config.durable_name;
      if (name === undefined || !EXISTS.includes(apiCode(error) ?? 0)) throw error;
      const change = Object.fromEntries(
        CHANGEABLE.filter((field) => config[field] !== undefined).map((field) => [field, config[field]]),
      );
      await jsm.consumers.update(stream, name, change);
    }
  }

  const shared = (subscription: string): Partial<ConsumerConfig> => ({
    durable_name: names.consumer(subscription),
    ack_policy: AckPolicy.Explicit,
    ack_wait: (leaseMs + MARGIN_MS) * NANOS_PER_MS,
    max_deliver: -1,
    max_ack_pending: -1,
  });

  const retriesOf = (subscription: string): Partial<ConsumerConfig> => ({
    ...shared(subscription),
    filter_subject: names.retry(subscription),
  });

  async function putBack(
    stream: string,
    wanted: Partial<ConsumerConfig>,
    info: ConsumerInfo | undefined,
  ): Promise<void> {
    if (info?.paused === true) await jsm.consumers.resume(stream, info.name);
    await make(stream, wanted);
  }

  return {
    /** Members of an unordered subscription share this one. */
    async ensure({ spec, since }: Known, stream: string): Promise<void> {
      const incarnation = await streams.incarnation(stream);
      await make(stream, {
        ...shared(spec.id),
        filter_subjects: names.filters(stream, spec.types),
        ...startOf({ spec, since }, floors.get(`${incarnation} ${spec.id}`)),
      });
      incarnations.set(`${stream} ${spec.id}`, incarnation);
    },
    ensureRetries: (subscription: string) => make(names.retries, retriesOf(subscription)),
    /** Makes it again when it has gone, and puts it back when it was edited. */
    async watchRetries(subscription: string): Promise<void> {
      const wanted = retriesOf(subscription);
      const info = await jsm.consumers
        .info(names.retries, names.consumer(subscription))
        .catch(() => undefined);
      if (info === undefined || isEdited(info, wanted)) await putBack(names.retries, wanted, info);
    },
    /** Reads in order from a place, without acknowledging; answers the consumer's name. */
    async reader(
      known: Known,
      stream: string,
      floor: number | undefined,
      headersOnly = false,
    ): Promise<string> {
      const { name } = await jsm.consumers.add(stream, {
        ack_policy: AckPolicy.None,
        mem_storage: true,
        num_replicas: 1,
        inactive_threshold: INACTIVE_MS * NANOS_PER_MS,
        headers_only: headersOnly,
        filter_subjects: names.filters(stream, known.spec.types),
        ...startOf(known, floor),
      });
      return name;
    },
    remove: async (stream: string, consumer: string) => {
      await jsm.consumers.delete(stream, consumer).catch(() => undefined);
    },
    /** Notes how far a consumer is, makes it again when it has gone, and puts it back when it was edited. */
    async watch(known: Known, stream: string): Promise<void> {
      const name = names.consumer(known.spec.id);
      const info = await jsm.consumers.info(stream, name).catch(() => undefined);
      if (info === undefined) return this.ensure(known, stream);
      const wanted = { ...shared(known.spec.id), filter_subjects: names.filters(stream, known.spec.types) };
      if (isEdited(info, wanted)) await putBack(stream, wanted, info);
      const incarnation = incarnations.get(`${stream} ${known.spec.id}`);
      const settled = info.ack_floor.stream_seq;
      if (settled > 0) floors.set(`${incarnation} ${known.spec.id}`, settled);
    },
  };
}
