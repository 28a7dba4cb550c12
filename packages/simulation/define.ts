import { type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { busErrors } from "@orrery/bus";
import type { WorldCreated } from "@orrery/schema/world/v1";
import type { Part } from "@orrery/service";
import { type Codec, type InitOf, type MessageOf, OrreryError } from "@orrery/wire";
import type { Aggregate, CommandHandler, Context, EventHandler } from "./aggregate.ts";
import { simulationErrors } from "./errors.ts";
import { type Worlds, worldsPart } from "./worlds.ts";

/** An aggregate that a service can run. */
export type AggregatePart<S extends Message, E extends Codec> = Aggregate<S, E> & Part<Worlds<S>>;

/** A promise is no reply, though one of a message without fields would take it. */
interface NoPromise {
  readonly then?: never;
}

/** Makers of handlers that know the aggregate's state and what it may emit. */
export interface HandlerMakers<S extends Message, E extends Codec> {
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
}

/**
 * The state of one world in one service, and all that may change it. What the service subscribes to is what has
 * a handler here; what it publishes is what may be emitted; emitting anything else does not compile.
 * @throws WORLD_HANDLER_TWICE, WORLD_STATE_FLOAT, BUS_NOT_AN_EVENT
 */
export function defineAggregate<S extends Message, E extends Codec>(
  facts: { readonly state: Codec<S>; readonly emits: readonly E[] },
  handlers: (make: HandlerMakers<S, E>) => {
    readonly create: (created: WorldCreated, ctx: Context<E>) => S;
    readonly fork?: (state: S, created: WorldCreated, ctx: Context<E>) => undefined;
    readonly on?: readonly EventHandler<S, E>[];
    readonly commands?: readonly CommandHandler<S, E>[];
  },
): AggregatePart<S, E> {
  for (const { event, typeName } of facts.emits)
    if (event === undefined) throw new OrreryError(busErrors.BUS_NOT_AN_EVENT, { given: typeName });
  const floats = floatsIn(facts.state.schema);
  if (floats.size > 0)
    throw new OrreryError(simulationErrors.WORLD_STATE_FLOAT, { given: [...floats].join(", ") });
  const given = handlers({
    on: (codec, handle) => ({ codec, handle }),
    command: (request, reply, handle) => ({ request, reply, handle }),
  });
  const aggregate: Aggregate<S, E> = { on: [], commands: [], ...facts, ...given };
  return { ...aggregate, ...worldsPart(aggregate) };
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
