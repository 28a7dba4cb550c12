import { create } from "@bufbuild/protobuf";
import {
  BeginPlatform,
  type IntakeStep,
  IntakeStepSchema,
  TakenCommandSchema,
  TakenEventSchema,
  type Progress as ProgressMessage,
  ProgressSchema,
} from "@orrery/schema/simulation/v1";
import { PackPart, WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import {
  type Codec,
  createWireBuffer,
  type EventId,
  OrreryError,
  PLATFORM,
  type WireBuffer,
} from "@orrery/wire";
import type { About, Aggregate, Context } from "./aggregate.ts";
import { simulationErrors } from "./errors.ts";
import { hasSeen, markSeen } from "./marks.ts";
import { keepSaid, retireSaid, sweepSaid } from "./newcomers/last-said.ts";
import { createOutgoing, type Outgoing } from "./outgoing.ts";
import { asCommand, platformEventIn } from "./platform/event.ts";
import { streamsOf } from "./randomness.ts";
import { aggregateIn, shardIn, shardName, streamIn, UNNAMED } from "./sharding/names.ts";
import { shardOf } from "./sharding/whom.ts";
import { type AnyState, emptyState } from "./state/state.ts";
import { handlingTrace } from "./trace.ts";

/** An event on its way into a shard. */
export interface Incoming {
  readonly publisher: string;
  readonly sequence: number;
  readonly type: string;
  readonly key: string;
  readonly source: string;
  readonly timeMs: number;
  readonly payload: Uint8Array;
  /** W3C trace context of what published it; empty: none. */
  readonly traceparent?: string | undefined;
  /** The payload with its personal fields in the clear, or with its pack, where it has any; handlers read it, records do not hold it. */
  readonly opened?: Uint8Array | undefined;
  /** Said in no world, and taken in by each. */
  readonly ofPlatform?: boolean;
}

export interface IncomingCommand {
  readonly method: string;
  readonly request: Uint8Array;
  readonly caller: string;
  readonly idempotencyKey: string;
  readonly stampedMs: number;
  /** W3C trace context of the call; empty: none. */
  readonly traceparent: string;
  /** The request with its personal fields in the clear, where `request` is sealed. */
  readonly opened?: Uint8Array | undefined;
}

/**
 * One world's state in memory, ahead of its store by what the next commit will write. It knows nothing of
 * stores, buses or clocks: a replay drives it as the live service does.
 */
export interface Shard<S extends AnyState = any> {
  readonly world: string;
  readonly state: S;
  /** What follows from the state, as its handlers keep it in step; undefined where nothing is derived. */
  readonly derived: unknown;
  readonly progress: ProgressMessage;
  /** Latest game time seen in an input or an emitted event. */
  readonly atGs: number;
  /** @returns false for an event that was handled before. @throws what the handler throws; nothing is taken then */
  takeEvent(event: Incoming): boolean;
  /** Takes what a record says was taken, in its order; one that had been overtaken is not passed over. */
  retakeEvent(event: Incoming): void;
  /** @returns the reply's bytes and the events that the command caused. */
  takeCommand(command: IncomingCommand): { readonly reply: Uint8Array; readonly events: readonly EventId[] };
  /** A handler failed half way: the state may be torn, and the shard must be loaded anew. */
  readonly broken: boolean;
  /** What came in since the last `collect`. */
  readonly pending: readonly IntakeStep[];
  /** What came in and goes out since the last call; undefined when nothing did. */
  collect(): Collected | undefined;
}

export interface Collected {
  readonly steps: readonly IntakeStep[];
  readonly frames: readonly Uint8Array[];
  readonly emitted: readonly { readonly publisher: string; readonly first: number; readonly count: number }[];
  /** How many events of each type. */
  readonly types: ReadonlyMap<string, number>;
}

export interface ShardFacts {
  readonly service: string;
  readonly world: string;
  /** `<aggregate>/<shard>`. */
  readonly part: string;
  readonly fingerprint: string;
}

/** Where a state stands when a shard is opened with it. */
export interface Opened<S extends AnyState = any> {
  readonly state: S;
  /** Latest game time in it. */
  readonly atGs?: number;
  /** What was derived from it by another shard that held it; absent: it is derived now. */
  readonly derived?: unknown;
}

/** Handlers by the type they take, looked up for every input. */
export interface Handlers {
  /** Sections of packs that handlers are given; undefined: all. */
  readonly reads: readonly string[] | undefined;
  readonly events: ReadonlyMap<string, Aggregate["on"][number]>;
  readonly commands: ReadonlyMap<string, Aggregate["commands"][number]>;
}

/** @throws WORLD_HANDLER_TWICE */
export function handlersOf(aggregate: Aggregate): Handlers {
  return {
    reads: aggregate.reads,
    events: byType(aggregate.on, ({ codec }) => codec.typeName),
    commands: byType(aggregate.commands, ({ request }) => request.typeName),
  };
}

/** What an aggregate hears: what a world is made of, its beginning, what it has handlers for, and a world's end. The platform has neither. */
export const typesOf = ({ of }: Pick<Aggregate, "of">, { events }: Handlers) => [
  ...(of === "world" ? [PackPart.typeName, WorldCreated.typeName, WorldArchived.typeName] : []),
  ...events.keys(),
];

function byType<H>(handlers: readonly H[], typeOf: (handler: H) => string): ReadonlyMap<string, H> {
  const found = new Map<string, H>();
  for (const handler of handlers) {
    const type = typeOf(handler);
    if (found.has(type)) throw new OrreryError(simulationErrors.WORLD_HANDLER_TWICE, { given: type });
    found.set(type, handler);
  }
  return found;
}

/**
 * Starts a shard where `progress` and `opened` say it stands; without a state the next input must create the world.
 * @throws what `derive` throws
 */
export function openShard<S extends AnyState>(
  aggregate: Aggregate<S>,
  handlers: Handlers,
  facts: ShardFacts,
  progress: ProgressMessage,
  opened: Opened<S> | undefined,
): Shard<S> {
  let state = opened?.state;
  /** The state that handlers have in hand: of a new world also before it is one. */
  let inHand = state;
  let isSwept = false;
  let atGs = opened?.atGs ?? Number.NEGATIVE_INFINITY;
  const derive = (from: S): unknown => aggregate.derive?.(from);
  let derived = opened && ("derived" in opened ? opened.derived : derive(opened.state));
  let steps: IntakeStep[] = [];
  let broken = false;
  const streams = streamsOf(progress.seed, scopeOf(facts));
  const [own, shards] = [shardIn(facts.part), Math.max(1, progress.shards)];
  const place = { shard: own, shards, has: (key: string) => shardOf(key, shards) === own };
  const outgoing: Outgoing = createOutgoing(facts, progress, (codec, key, payload) => {
    if (inHand !== undefined && aggregate.kept.has(codec)) keepSaid(inHand, codec, key, payload);
  });
  const allowed = new Set<Codec>(aggregate.emits);
  const scratch: WireBuffer = createWireBuffer(1024);

  function context(
    timeMs: number,
    by: string,
    cause: EventId | undefined,
    identity: readonly (string | number)[],
    traceparent: string | undefined,
  ): Context {
    return {
      world: { id: facts.world, seed: progress.seed },
      shard: place,
      timeMs,
      by,
      cause,
      streams,
      get random() {
        return streams.stream("input", ...identity);
      },
      get derived() {
        return derived;
      },
      emit(codec, event, about: About = {}) {
        if (!allowed.has(codec)) {
          throw new OrreryError(simulationErrors.WORLD_EMITS_UNDECLARED, { given: codec.typeName });
        }
        const at = (event as { atGs?: number }).atGs;
        if (at !== undefined && at > atGs) atGs = at;
        const envelope = { timeMs: about.timeMs ?? timeMs, cause: about.cause ?? cause, traceparent };
        return outgoing.add(codec, event, envelope);
      },
      retire(codec, key) {
        if (inHand !== undefined) retireSaid(inHand, codec, key);
      },
    };
  }

  function current(): S {
    if (state === undefined) throw new OrreryError(simulationErrors.WORLD_UNKNOWN, { given: facts.world });
    return state;
  }

  /** With the first input that is taken: what is refused changes nothing. */
  function sweep(at: S): void {
    if (!isSwept) sweepSaid(at, aggregate.kept);
    isSwept = true;
  }

  /** Runs a handler; whatever it throws, none of its events go out. */
  function guarded<T>(run: () => T): T {
    const before = outgoing.mark();
    try {
      const result = run();
      if (result instanceof Promise) throw asyncHandler(result);
      return result;
    } catch (error) {
      broken ||= outgoing.mark() !== before || !(error instanceof OrreryError);
      outgoing.rewind(before);
      throw error;
    }
  }
  function take(event: Incoming): void {
    const cause = { publisher: event.publisher, sequence: event.sequence };
    const trace = handlingTrace(event.traceparent, facts, event.publisher, event.sequence);
    const by = [event.source, ...streamIn(event.publisher), event.sequence];
    const identity = event.ofPlatform ? [PLATFORM, ...by] : by;
    const ctx = context(event.timeMs, event.source, cause, identity, trace);
    if (event.type === WorldCreated.typeName) {
      const created = WorldCreated.decode(event.opened ?? event.payload);
      if (state === undefined) {
        const made = emptyState(aggregate.state) as unknown as S;
        inHand = made;
        derived = guarded(() => aggregate.create(made, created, ctx) ?? derive(made));
        state = made;
      } else if (created.forkedFrom !== undefined && aggregate.fork !== undefined) {
        const at = current();
        const adapt = aggregate.fork;
        derived = guarded(() => adapt(at, created, ctx) ?? derive(at));
      }
      atGs = Math.max(atGs, created.atGs);
    } else {
      const handler = handlers.events.get(event.type);
      if (handler !== undefined) {
        const at = current();
        const message = handler.codec.decode(event.opened ?? event.payload) as { atGs?: number };
        guarded(() => handler.handle(at, message, ctx));
        sweep(at);
        if (message.atGs !== undefined && message.atGs > atGs) atGs = message.atGs;
      }
    }
    markSeen(progress, event.publisher, event.sequence);
    steps.push(create(IntakeStepSchema, { step: stepOf(event) }));
  }

  return {
    world: facts.world,
    get state() {
      return current();
    },
    get derived() {
      return derived;
    },
    progress,
    get atGs() {
      return atGs;
    },
    get broken() {
      return broken;
    },
    get pending() {
      return steps;
    },
    takeEvent(event) {
      if (hasSeen(progress, event.publisher, event.sequence)) return false;
      take(event);
      return true;
    },
    retakeEvent: take,
    takeCommand(given) {
      const event = platformEventIn(given);
      if (event !== undefined) {
        take(event);
        return { reply: new Uint8Array(), events: [] };
      }
      const handler = handlers.commands.get(given.method);
      if (handler === undefined)
        throw new OrreryError(simulationErrors.WORLD_UNKNOWN, { given: given.method });
      const at = current();
      const request = handler.request.decode(given.opened ?? given.request);
      const identity = ["command", given.stampedMs, given.idempotencyKey];
      const trace = given.traceparent === "" ? undefined : given.traceparent;
      const ctx = context(given.stampedMs, given.caller, undefined, identity, trace);
      const before = outgoing.mark();
      // An answer that cannot be written is a failure of the handler like any other.
      guarded(() => {
        const reply = handler.handle(at, request, ctx);
        if (reply instanceof Promise) throw asyncHandler(reply);
        // Makes a state of nothing, as `create` does.
        if (given.method === BeginPlatform.typeName) derived = derive(at);
        scratch.pos = 0;
        handler.reply.encode(reply as never, scratch);
      });
      sweep(at);
      const { opened: _opened, ...record } = given;
      steps.push(create(IntakeStepSchema, { step: { case: "command", value: record } }));
      return { reply: scratch.bytes.slice(0, scratch.pos), events: outgoing.since(before) };
    },
    collect() {
      if (steps.length === 0) return undefined;
      const sealed = outgoing.seal();
      const collected = { steps, ...sealed };
      steps = [];
      return collected;
    },
  };
}

/** What it does later would belong to no input: the state may be torn by then. */
function asyncHandler(promise: Promise<unknown>): Error {
  promise.catch(() => {});
  return new Error("A handler returned a promise: let a part wait, and bring what it learns as a command");
}

function stepOf(event: Incoming): IntakeStep["step"] {
  const record = create(TakenEventSchema, recordOf(event));
  if (!event.ofPlatform) return { case: "event", value: record };
  return { case: "command", value: create(TakenCommandSchema, asCommand(record)) };
}

/** A copy that outlives the frame: what is handed in may be a view that moves on. */
function recordOf({ publisher, sequence, type, key, source, timeMs, payload, traceparent = "" }: Incoming) {
  return { publisher, sequence, type, key, source, timeMs, payload: payload.slice(), traceparent };
}

/** What names draws: aggregates of one service do not share them, shards of one aggregate do. */
const scopeOf = ({ service, part }: ShardFacts) =>
  aggregateIn(part) === UNNAMED ? service : `${service}/${aggregateIn(part)}`;

/**
 * Progress of a world that has just been heard of.
 * @param incarnation keeps its publisher ids apart from any earlier ones
 * @param shards how many there are of the world
 */
export function newProgress(
  facts: ShardFacts,
  seed: string,
  incarnation: string,
  shards = 1,
): ProgressMessage {
  const publisher = (lane: string) => `${shardName(facts)}/${lane}${incarnation}`;
  return create(ProgressSchema, {
    seed,
    shards,
    streams: [
      { lane: 1, publisher: publisher("r"), nextSequence: 1 },
      { lane: 2, publisher: publisher("s"), nextSequence: 1 },
      { lane: 3, publisher: publisher("b"), nextSequence: 1 },
    ],
    intake: { lane: 3, publisher: publisher("i"), nextSequence: 1 },
  });
}
