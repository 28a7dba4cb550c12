import { fingerprint } from "@orrery/schema/registry";
import { BeginPlatform, PlatformDone, type Progress, TickPlatform } from "@orrery/schema/simulation/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import {
  type Codec,
  encodeBytes,
  type EventId,
  type InitOf,
  type MessageOf,
  openFrame,
  PLATFORM,
} from "@orrery/wire";
import type { Aggregate } from "./aggregate.ts";
import { watchIntents } from "./effects/watch-intents.ts";
import { handlersOf, newProgress, type Opened, openShard, type ShardFacts } from "./shard.ts";
import { partOf, shardIn } from "./sharding/names.ts";
import { isConcerned, type Place } from "./sharding/whom.ts";
import { type AnyState, emptyState } from "./state/state.ts";
import { watchDerived } from "./state/derived.ts";
import { watchState } from "./state/watch.ts";

/** An event as a test looks at it. */
export interface Emitted<M = unknown> {
  readonly event: M;
  readonly id: EventId;
  readonly key: string;
  readonly timeMs: number;
  readonly cause: EventId | undefined;
}

/**
 * One world of one aggregate, without store, bus or clock: what goes in is told, what comes out is looked at. After each
 * input the state is written and read back, every message of a table that changed must have been asked for with `edit`, no
 * intent may ask something else under an id that was used, and what is derived must be what `derive` makes of the state.
 */
export interface TestWorld<S extends AnyState, D = any> {
  readonly state: S;
  readonly derived: D;
  /** Hands in an event; a refusal must leave the state as it was, or the test fails. @returns what it was published as */
  tell<C extends Codec>(
    codec: C,
    event: InitOf<C>,
    about?: { readonly timeMs?: number; readonly source?: string; readonly key?: string },
  ): EventId;
  /** Runs a command; a refusal must leave the state as it was, or the test fails. */
  run<Q extends Codec, R extends Codec>(
    request: Q,
    reply: R,
    given: InitOf<Q>,
    about?: { readonly stampedMs?: number; readonly caller?: string },
  ): MessageOf<R>;
  /** Events of a type emitted so far. */
  emitted<C extends Codec>(codec: C): readonly Emitted<MessageOf<C>>[];
  /** All frames emitted so far: the bytes that a replay must give again. */
  frames(): readonly Uint8Array[];
  /** Forgets what was emitted so far. */
  forget(): void;
}

const START_MS = 1_750_000_000_000;

export function testWorld<S extends AnyState, D = any>(
  aggregate: Aggregate<S, any, D>,
  created: InitOf<typeof WorldCreated>,
  service = "under-test",
  { shard, shards }: Place = { shard: 0, shards: 1 },
): TestWorld<S, D> {
  const { worldId = "test", seed = "seed", epochMs = START_MS } = created;
  const facts = { service, world: worldId, part: partOf(aggregate.name, shard), fingerprint };
  const progress = newProgress(facts, seed, "0", shards);
  const world = testShard(aggregate, facts, progress, epochMs, undefined);
  const begun = { epochMs, rate: 60, ...created, seed, worldId } as InitOf<typeof WorldCreated>;
  world.tell(WorldCreated, begun, { source: "operator" });
  return world;
}

/** A state of the platform, in the same way. */
export interface TestPlatform<S extends AnyState> extends TestWorld<S> {
  /** Real time comes to the moment that the state waits for, or to a later one. @returns the moment; undefined: it waits for none */
  tick(atMs?: number): number | undefined;
}

export function testPlatform<S extends AnyState>(
  aggregate: Aggregate<S>,
  service = "under-test",
): TestPlatform<S> {
  const facts = { service, world: PLATFORM, part: partOf(aggregate.name, 0), fingerprint };
  const platform = testShard(aggregate, facts, newProgress(facts, "seed", "0"), START_MS, {
    state: emptyState(aggregate.state) as unknown as S,
  });
  platform.run(BeginPlatform, PlatformDone, {}, { caller: service });
  return Object.assign(platform, {
    tick(atMs?: number) {
      const dueMs = aggregate.ticks?.dueMs(platform.state, platform.derived);
      if (dueMs === undefined) return undefined;
      const stampedMs = atMs ?? dueMs;
      platform.run(TickPlatform, PlatformDone, {}, { caller: service, stampedMs });
      return stampedMs;
    },
  });
}

function testShard<S extends AnyState>(
  aggregate: Aggregate<S>,
  facts: ShardFacts,
  progress: Progress,
  startMs: number,
  opened: Opened<S> | undefined,
): TestWorld<S> {
  const { world } = facts;
  const handlers = handlersOf(aggregate);
  const shard = openShard(aggregate, handlers, facts, progress, opened);
  const place = { shard: shardIn(facts.part), shards: progress.shards };
  const sequences = new Map<string, number>();
  let frames: Uint8Array[] = [];
  let nowMs = startMs;
  let isThere = opened !== undefined;

  const watch = watchState(aggregate, () => shard.state);
  const intents = watchIntents(aggregate, () => shard.state);
  const derived = watchDerived(aggregate);

  /** Runs one input, and looks at what it did to the state. */
  function input<T>(name: string, run: () => T): T {
    let result: T;
    try {
      result = run();
    } catch (error) {
      watch.refused(name, error);
      if (isThere) derived.check(`${name}, which was refused`, shard.state, shard.derived);
      throw error;
    }
    watch.taken(name);
    intents.taken(name);
    derived.check(name, shard.state, shard.derived);
    isThere = true;
    return result;
  }

  function drain(): void {
    const collected = shard.collect();
    if (collected !== undefined) frames.push(...collected.frames);
  }

  function tell<C extends Codec>(
    codec: C,
    event: InitOf<C>,
    { timeMs = nowMs, source = "somebody", key = "" } = {},
  ): EventId {
    const publisher = `${source}/${world}`;
    const sequence = (sequences.get(publisher) ?? 0) + 1;
    sequences.set(publisher, sequence);
    nowMs = Math.max(nowMs, timeMs);
    const payload = encodeBytes(codec, event);
    const incoming = { publisher, sequence, type: codec.typeName, key, source, timeMs, payload };
    // Others take it in.
    const handler = handlers.events.get(codec.typeName);
    if (handler !== undefined && !isConcerned(handler, incoming, place)) return { publisher, sequence };
    input(codec.typeName, () => shard.takeEvent(incoming));
    drain();
    return { publisher, sequence };
  }

  return {
    get state() {
      return shard.state as S;
    },
    get derived() {
      return shard.derived as any;
    },
    tell,
    run(request, reply, given, { stampedMs = nowMs, caller = "admin:test" } = {}) {
      nowMs = Math.max(nowMs, stampedMs);
      const command = {
        method: request.typeName,
        request: encodeBytes(request, given),
        caller,
        idempotencyKey: "",
        stampedMs,
        traceparent: "",
      };
      const done = input(request.typeName, () => shard.takeCommand(command));
      drain();
      return reply.decode(done.reply);
    },
    emitted<C extends Codec>(codec: C) {
      const found: Emitted<MessageOf<C>>[] = [];
      for (const bytes of frames) {
        const frame = openFrame(bytes);
        for (const event of frame.events()) {
          if (event.type !== codec.typeName) continue;
          const id = { publisher: frame.publisher, sequence: event.sequence };
          const { key, timeMs, cause } = event;
          found.push({ event: event.decode(codec) as MessageOf<C>, id, key, timeMs, cause });
        }
      }
      return found;
    },
    frames: () => frames,
    forget: () => void (frames = []),
  };
}

export { standIn, type StandInMethods } from "./test-stand-in.ts";
export { type TestServices, testServices } from "./test-services.ts";
