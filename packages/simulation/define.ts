import type { Message } from "@bufbuild/protobuf";
import type { WorldCreated } from "@orrery/schema/world/v1";
import type { Codec } from "@orrery/wire";
import type {
  Aggregate,
  CommandHandler,
  Context,
  EarlierState,
  EventHandler,
  QueryHandler,
} from "./aggregate.ts";
import {
  type AggregatePart,
  definedIn,
  type Facts,
  type HandlerMakers,
  partOf,
  toMake,
} from "./definition.ts";
import { keptOf } from "./newcomers/last-said.ts";
import type { State, TableTypes } from "./state/state.ts";

export type { About, Aggregate, Context } from "./aggregate.ts";
export type { AggregatePart, HandlerMakers } from "./definition.ts";
export { definePlatformAggregate } from "./define-platform.ts";
export type { Place, Whom } from "./sharding/whom.ts";
export { type Random, type Streams, streamsOf } from "./randomness.ts";
export type { SeenState, State } from "./state/state.ts";
export type { DeepReadonly, Table } from "./state/table.ts";

/*
 * All that a definition needs, and nothing of stores, buses or calls: what a definition reaches decides what happens in
 * its worlds, and a change to it is a change of their code.
 */

/**
 * The state of one world in one service, or one of several by their names, and all that may change it. What the service subscribes to is what has
 * a handler here; what it publishes is what may be emitted; emitting anything else does not compile.
 * @throws WORLD_HANDLER_TWICE, WORLD_STATE_FLOAT, WORLD_EMITS_NO_EVENT, WORLD_LANE_MIXED, WORLD_TABLE_NAME,
 * WORLD_SAID_PERSONAL, WORLD_AGGREGATE_NAME, WORLD_SHARDS, WORLD_COMMAND_WHOM, WORLD_COMMAND_KEEP
 */
export function defineAggregate<R extends Message, E extends Codec, T extends TableTypes = {}, D = undefined>(
  facts: Facts<R, E, T, D> & {
    /**
     * `own`: the service says itself what who comes now is told (`serveSnapshot`). Else that is the last event of each key,
     * of the types that coalesce.
     */
    readonly snapshot?: "own";
  },
  handlers: (make: HandlerMakers<State<R, T>, E, D>) => {
    readonly create: Aggregate<State<R, T>, E>["create"];
    readonly fork?: (state: State<R, T>, created: WorldCreated, ctx: Context<E, D>) => undefined;
    readonly earlier?: readonly EarlierState[];
    readonly on?: readonly EventHandler<State<R, T>, E, D>[];
    readonly commands?: readonly CommandHandler<State<R, T>, E, D>[];
    readonly queries?: readonly QueryHandler<State<R, T>, D>[];
  },
): AggregatePart<State<R, T>, E, D> {
  const kept = facts.snapshot === "own" ? new Set<Codec>() : keptOf(facts.emits);
  return partOf(facts, definedIn(), { of: "world", kept, ...handlers(toMake()) });
}
