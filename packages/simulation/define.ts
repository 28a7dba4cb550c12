import { type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { getCallSites } from "node:util";
import type { WorldCreated } from "@orrery/schema/world/v1";
import type { Part } from "@orrery/service";
import { type Codec, type InitOf, type MessageOf, mixedLane, mixInWords, OrreryError } from "@orrery/wire";
import type { Aggregate, CommandHandler, Context, EarlierState, EventHandler } from "./aggregate.ts";
import {
  type AnswerCodec,
  answering,
  effectName,
  type IntentIn,
  type IntentTable,
  isAnswering,
} from "./effects/answering.ts";
import { simulationErrors } from "./errors.ts";
import { keptOf, withSaid } from "./newcomers/last-said.ts";
import { handlersOf, typesOf } from "./shard.ts";
import type { AnyState, State, TableTypes } from "./state/state.ts";
import type { DeepReadonly } from "./state/table.ts";
import type { Worlds } from "./worlds.ts";

export type { About, Aggregate, Context } from "./aggregate.ts";
export { type Random, type Streams, streamsOf } from "./randomness.ts";
export type { State } from "./state/state.ts";
export type { DeepReadonly, Table } from "./state/table.ts";

/*
 * All that a definition needs, and nothing of stores, buses or calls: what a definition reaches decides what happens in
 * its worlds, and a change to it is a change of their code.
 */

/** An aggregate that a service can run. */
export type AggregatePart<S extends AnyState, E extends Codec> = Aggregate<S, E> & Part<Worlds<S>>;

/** A promise is no reply, though one of a message without fields would take it. */
interface NoPromise {
  readonly then?: never;
}

/** Makers of handlers that know the aggregate's state and what it may emit. */
export interface HandlerMakers<S extends AnyState, E extends Codec> {
  /**
   * Handles one type of event. Throwing an OrreryError before anything is changed refuses the event: it alone
   * becomes a dead letter (at once, or after retries when the error is retryable). It returns nothing, no promise
   * least of all: what it does belongs to its input.
   */
  on<C extends Codec>(
    codec: C,
    handle: (state: S, event: MessageOf<C>, ctx: Context<E>) => undefined,
  ): EventHandler<S, E>;
  /**
   * Handles one kind of command: an RPC that changes the world, or a driver's step. It is recorded with the
   * moment it was taken in. Throwing an OrreryError before anything is changed refuses it.
   */
  command<Q extends Codec, R extends Codec>(
    request: Q,
    reply: R,
    handle: (state: S, request: MessageOf<Q>, ctx: Context<E>) => InitOf<R> & NoPromise,
  ): CommandHandler<S, E>;
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
      ctx: Context<E>,
    ) => undefined,
  ): CommandHandler<S, E>;
  /**
   * How a root or a page that was written as another message becomes what it is now: a pure function, kept as long as such states may
   * be read (cuts until the service's next clean stop, checkpoints as long as the journal holds them). A message that
   * only gains fields needs none.
   */
  earlier<C extends Codec>(codec: C, migrate: (earlier: MessageOf<C>) => Message): EarlierState;
}

/**
 * The state of one world in one service, and all that may change it. What the service subscribes to is what has
 * a handler here; what it publishes is what may be emitted; emitting anything else does not compile.
 * @throws WORLD_HANDLER_TWICE, WORLD_STATE_FLOAT, WORLD_EMITS_NO_EVENT, WORLD_LANE_MIXED, WORLD_TABLE_NAME,
 * WORLD_SAID_PERSONAL
 */
export function defineAggregate<R extends Message, E extends Codec, T extends TableTypes = {}>(
  facts: {
    readonly state: { readonly root: Codec<R>; readonly tables?: T };
    readonly emits: readonly E[];
    /**
     * `own`: the service says itself what who comes now is told (`serveSnapshot`). Else that is the last event of each key,
     * of the types that coalesce.
     */
    readonly snapshot?: "own";
  },
  handlers: (make: HandlerMakers<State<R, T>, E>) => {
    readonly create: Aggregate<State<R, T>, E>["create"];
    readonly fork?: (state: State<R, T>, created: WorldCreated, ctx: Context<E>) => undefined;
    readonly earlier?: readonly EarlierState[];
    readonly on?: readonly EventHandler<State<R, T>, E>[];
    readonly commands?: readonly CommandHandler<State<R, T>, E>[];
  },
): AggregatePart<State<R, T>, E> {
  for (const { event, typeName } of facts.emits)
    if (event === undefined)
      throw new OrreryError(simulationErrors.WORLD_EMITS_NO_EVENT, { given: typeName });
  const mix = mixedLane(facts.emits);
  if (mix !== undefined) throw new OrreryError(simulationErrors.WORLD_LANE_MIXED, { given: mixInWords(mix) });
  const { root, tables = {} as T } = facts.state;
  const floats = new Set([root, ...Object.values(tables)].flatMap(({ schema }) => [...floatsIn(schema)]));
  if (floats.size > 0)
    throw new OrreryError(simulationErrors.WORLD_STATE_FLOAT, { given: [...floats].join(", ") });
  const given = handlers({
    on: (codec, handle) => ({ codec, handle }),
    command: (request, reply, handle) => ({ request, reply, handle }),
    answer: answering,
    earlier: (codec, migrate) => ({ codec, migrate }),
  });
  const aggregate: Aggregate<State<R, T>, E> = {
    earlier: [],
    on: [],
    commands: [],
    emits: facts.emits,
    ...given,
    kept: facts.snapshot === "own" ? new Set() : keptOf(facts.emits),
    state: { root, tables: withSaid(tables) },
    definedIn: definedIn(),
  };
  const known = handlersOf(aggregate);
  const part: AggregatePart<State<R, T>, E> = {
    ...aggregate,
    name: "aggregate",
    // What nobody carries out would wait for ever.
    needs: aggregate.commands.filter(isAnswering).map(({ answers }) => effectName(answers)),
    publishes: aggregate.emits,
    subscribes: typesOf(known),
    // Only here, so that a definition does not reach what runs it.
    start: async (kit) => (await import("./worlds.ts")).startWorlds(kit, aggregate, known),
    ...(aggregate.kept.size > 0 && {
      snapshot: async (request, call) =>
        (await import("./newcomers/opening.ts")).openingOf(part, request, call),
    }),
  };
  return part;
}

/** The module that calls `defineAggregate`, as a URL or a path. */
function definedIn(): string {
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
