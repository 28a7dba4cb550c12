import { type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import type { Part } from "@orrery/service";
import { type Codec, type InitOf, type MessageOf, mixedLane, mixInWords, OrreryError } from "@orrery/wire";
import { getCallSites } from "node:util";
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
import { withSaid } from "./newcomers/last-said.ts";
import { handlersOf, typesOf } from "./shard.ts";
import type { AnyState, State, TableTypes } from "./state/state.ts";
import type { DeepReadonly } from "./state/table.ts";
import type { Worlds } from "./worlds.ts";

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

/** What an aggregate holds, and what it may emit. */
export interface Facts<R extends Message, E extends Codec, T extends TableTypes> {
  readonly state: { readonly root: Codec<R>; readonly tables?: T };
  readonly emits: readonly E[];
}

/** For handlers of whichever aggregate. */
export const toMake = <S extends AnyState, E extends Codec>(): HandlerMakers<S, E> => ({
  on: (codec, handle) => ({ codec, handle }),
  command: (request, reply, handle) => ({ request, reply, handle }),
  answer: answering,
  earlier: (codec, migrate) => ({ codec, migrate }),
});

/**
 * An aggregate as a service runs it.
 * @param module that defines it
 */
export function partOf<R extends Message, E extends Codec, T extends TableTypes>(
  { state: { root, tables = {} as T }, emits }: Facts<R, E, T>,
  module: string,
  given: Pick<Aggregate<State<R, T>, E>, "of" | "create" | "kept"> & Partial<Aggregate<State<R, T>, E>>,
): AggregatePart<State<R, T>, E> {
  for (const { event, typeName } of emits)
    if (event === undefined)
      throw new OrreryError(simulationErrors.WORLD_EMITS_NO_EVENT, { given: typeName });
  const mix = mixedLane(emits);
  if (mix !== undefined) throw new OrreryError(simulationErrors.WORLD_LANE_MIXED, { given: mixInWords(mix) });
  const floats = new Set([root, ...Object.values(tables)].flatMap(({ schema }) => [...floatsIn(schema)]));
  if (floats.size > 0)
    throw new OrreryError(simulationErrors.WORLD_STATE_FLOAT, { given: [...floats].join(", ") });
  const aggregate: Aggregate<State<R, T>, E> = {
    earlier: [],
    on: [],
    commands: [],
    ...given,
    emits,
    state: { root, tables: withSaid(tables) },
    definedIn: module,
  };
  const known = handlersOf(aggregate);
  const part: AggregatePart<State<R, T>, E> = {
    ...aggregate,
    name: "aggregate",
    // What nobody carries out would wait for ever.
    needs: aggregate.commands.filter(isAnswering).map(({ answers }) => effectName(answers)),
    publishes: aggregate.emits,
    subscribes: typesOf(aggregate, known),
    // Only here, so that a definition does not reach what runs it.
    start: async (kit) => (await import("./worlds.ts")).startWorlds(kit, aggregate, known),
    ...(aggregate.kept.size > 0 && {
      snapshot: async (request, call) =>
        (await import("./newcomers/opening.ts")).openingOf(part, request, call),
    }),
  };
  return part;
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
