import { type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import type { Part } from "@orrery/service";
import { type Codec, type InitOf, type MessageOf, mixedLane, mixInWords, OrreryError } from "@orrery/wire";
import { getCallSites } from "node:util";
import type {
  Aggregate,
  CommandHandler,
  Context,
  EarlierState,
  EventHandler,
  Keep,
  QueryHandler,
  Shards,
} from "./aggregate.ts";
import {
  type AnswerCodec,
  answering,
  effectName,
  type IntentIn,
  type IntentTable,
  isAnswering,
} from "./effects/answering.ts";
import { simulationErrors } from "./errors.ts";
import { withSaid } from "./newcomers/last-said.ts";
import { handlersOf, typesOf } from "./shard.ts";
import { checkName, MOST_SHARDS, UNNAMED } from "./sharding/names.ts";
import type { Whom } from "./sharding/whom.ts";
import type { AnyState, SeenState, State, TableTypes } from "./state/state.ts";
import type { DeepReadonly } from "./state/table.ts";
import type { Worlds } from "./worlds.ts";

/** An aggregate that a service can run. */
export type AggregatePart<S extends AnyState, E extends Codec, D = any> = Aggregate<S, E, D> &
  Part<Worlds<S, D>>;

/** A promise is no reply, though one of a message without fields would take it. */
interface NoPromise {
  readonly then?: never;
}

/** Makers of handlers that know the aggregate's state and what it may emit. */
export interface HandlerMakers<S extends AnyState, E extends Codec, D = unknown> {
  /**
   * Handles one type of event. Throwing an OrreryError before anything is changed refuses the event: it alone
   * becomes a dead letter (at once, or after retries when the error is retryable). It returns nothing, no promise
   * least of all: what it does belongs to its input.
   */
  on<C extends Codec>(
    codec: C,
    handle: (state: S, event: MessageOf<C>, ctx: Context<E, D>) => undefined,
    about?: {
      /** Of an aggregate with shards: which of them take it in. Default: all. */
      readonly whom?: Whom<MessageOf<C>>;
    },
  ): EventHandler<S, E, D>;
  /**
   * Handles one kind of command: an RPC that changes the world, or a driver's step. It is recorded with the
   * moment it was taken in. Throwing an OrreryError before anything is changed refuses it.
   */
  command<Q extends Codec, R extends Codec>(
    request: Q,
    reply: R,
    handle: (state: S, request: MessageOf<Q>, ctx: Context<E, D>) => InitOf<R> & NoPromise,
    about?: {
      /** Of an aggregate with shards: the key whose shard it goes to. */
      readonly whom?: (request: MessageOf<Q>) => string;
      /**
       * How long a repeat of its idempotency key gets the first answer instead of being run again. Default: 24 h. For what must
       * never be done twice, however late whoever asked comes back: a purchase, an intent of another service.
       */
      readonly keep?: Keep;
    },
  ): CommandHandler<S, E, D>;
  /**
   * Answers a question from one shard's state, and changes nothing: `gather` asks all shards of a world, in whichever
   * processes they are.
   */
  query<Q extends Codec, R extends Codec>(
    request: Q,
    reply: R,
    answer: (state: SeenState<S>, request: MessageOf<Q>, derived: D) => InitOf<R> & NoPromise,
  ): QueryHandler<S, D>;
  /**
   * Handles what comes back of the intents in a table of the state: what was asked outside, by an `effect` of the service.
   * It is told once for each intent, with the answer or with why there is none (`refused`), and the intent is gone when it
   * is done. An intent's id stands for one question for ever: ask anew under another.
   * @throws WORLD_INTENT_AGAIN when it puts another intent under the same id
   */
  answer<K extends IntentTable<S>, C extends AnswerCodec>(
    table: K,
    codec: C,
    handle: (
      state: S,
      intent: DeepReadonly<IntentIn<S, K>>,
      answer: MessageOf<C>,
      ctx: Context<E, D>,
    ) => undefined,
  ): CommandHandler<S, E, D>;
  /**
   * How a root or a page that was written as another message becomes what it is now: a pure function, kept as long as such states may
   * be read (cuts until the service's next clean stop, checkpoints as long as the journal holds them). A message that
   * only gains fields needs none.
   */
  earlier<C extends Codec>(codec: C, migrate: (earlier: MessageOf<C>) => Message): EarlierState;
}

/** What an aggregate holds, and what it may emit. */
export interface Facts<R extends Message, E extends Codec, T extends TableTypes, D = undefined> {
  readonly state: { readonly root: Codec<R>; readonly tables?: T };
  /**
   * What follows from a state and is too dear to work out at each input (an index, a heap of what is due). It is made
   * when a state is opened, handed to handlers as `ctx.derived`, kept in step by them, and never written. What handlers see
   * of it must follow from the state alone, not from the way that led there: a restart makes it anew.
   */
  readonly derive?: (state: SeenState<State<R, T>>) => D;
  readonly emits: readonly E[];
  /** Tells it from the others of its service; a service with one need not name it. `[a-z][a-z0-9-]*`, at most 24. */
  readonly name?: string;
  /** Default: one of each world. */
  readonly shards?: Shards;
  /** Sections of packs, by the fields of world.v1.Pack, that its handlers are given (`land`). Default: all. */
  readonly reads?: readonly string[];
}

const ONE: Shards = { most: 1, of: () => 1 };

/** For handlers of whichever aggregate. */
export const toMake = <S extends AnyState, E extends Codec, D>(): HandlerMakers<S, E, D> => ({
  on: (codec, handle, about) => ({ codec, handle, ...about }),
  command: (request, reply, handle, about) => ({ request, reply, handle, ...about }),
  query: (request, reply, answer) => ({ request, reply, answer: answer as QueryHandler<any>["answer"] }),
  answer: answering,
  earlier: (codec, migrate) => ({ codec, migrate }),
});

/**
 * An aggregate as a service runs it.
 * @param module that defines it
 */
export function partOf<R extends Message, E extends Codec, T extends TableTypes, D>(
  {
    state: { root, tables = {} as T },
    derive,
    emits,
    name = UNNAMED,
    shards = ONE,
    reads,
  }: Facts<R, E, T, D>,
  module: string,
  given: Pick<Aggregate<State<R, T>, E, D>, "of" | "create" | "kept"> & Partial<Aggregate<State<R, T>, E, D>>,
): AggregatePart<State<R, T>, E, D> {
  checkName(name);
  for (const { event, typeName } of emits)
    if (event === undefined)
      throw new OrreryError(simulationErrors.WORLD_EMITS_NO_EVENT, { given: typeName });
  const mix = mixedLane(emits);
  if (mix !== undefined) throw new OrreryError(simulationErrors.WORLD_LANE_MIXED, { given: mixInWords(mix) });
  const floats = new Set([root, ...Object.values(tables)].flatMap(({ schema }) => [...floatsIn(schema)]));
  if (floats.size > 0)
    throw new OrreryError(simulationErrors.WORLD_STATE_FLOAT, { given: [...floats].join(", ") });
  const aggregate: Aggregate<State<R, T>, E, D> = {
    earlier: [],
    on: [],
    commands: [],
    queries: [],
    ...given,
    name,
    shards,
    reads,
    emits,
    derive: derive as Aggregate<State<R, T>, E, D>["derive"],
    state: { root, tables: withSaid(tables) },
    definedIn: module,
  };
  const known = handlersOf(aggregate);
  checkShards(aggregate);
  checkKeep(aggregate);
  const part: AggregatePart<State<R, T>, E, D> = {
    ...aggregate,
    copies: shards.most,
    // What nobody carries out would wait for ever.
    needs: aggregate.commands.filter(isAnswering).map(({ answers }) => effectName(name, answers)),
    publishes: aggregate.emits,
    subscribes: typesOf(aggregate, known),
    // Only here, so that a definition does not reach what runs it.
    ask: (kit, { worldId, shard, type, question }) => kit.part(part).answer(worldId, shard, type, question),
    askAll: (kit, { worldId, type, question }) => kit.part(part).answers(worldId, type, question),
    start: async (kit) => (await import("./sharding/start.ts")).startShards(kit, aggregate, known),
    ...(aggregate.kept.size > 0 && {
      snapshot: async (request, call) =>
        (await import("./newcomers/opening.ts")).openingOf(part, request, call),
    }),
  };
  return part;
}

/** @throws WORLD_SHARDS, WORLD_COMMAND_WHOM */
function checkShards({ name, shards: { most }, commands }: Aggregate): void {
  if (!Number.isInteger(most) || most < 1 || most > MOST_SHARDS)
    throw new OrreryError(simulationErrors.WORLD_SHARDS, {
      given: `at most ${most} of ${name}; 1 to ${MOST_SHARDS} can be`,
    });
  const lost = most > 1 && commands.find((one) => one.whom === undefined && !isAnswering(one));
  if (lost)
    throw new OrreryError(simulationErrors.WORLD_COMMAND_WHOM, {
      given: `${name}: ${lost.request.typeName}`,
    });
}

const MOST_KEPT_DAYS = 36_500;

/** @throws WORLD_COMMAND_KEEP */
function checkKeep({ name, commands }: Aggregate): void {
  for (const { request, keep } of commands)
    if (keep !== undefined && keep !== "forever" && !(keep.days >= 1 && keep.days <= MOST_KEPT_DAYS))
      throw new OrreryError(simulationErrors.WORLD_COMMAND_KEEP, {
        given: `${name}: ${request.typeName}, ${keep.days} days`,
      });
}

/** The module that calls what calls this, as a URL or a path. */
export function definedIn(): string {
  return getCallSites(3)[2]?.scriptName ?? "";
}

/** Fields of type float in a message and all within it, by their full names. */
function floatsIn({ typeName, fields }: DescMessage, seen = new Set<string>()): Set<string> {
  const found = new Set<string>();
  if (seen.has(typeName)) return found;
  seen.add(typeName);
  for (const { name, scalar, message } of fields) {
    if (scalar === ScalarType.FLOAT) found.add(`${typeName}.${name}`);
    if (message !== undefined) for (const inner of floatsIn(message, seen)) found.add(inner);
  }
  return found;
}
