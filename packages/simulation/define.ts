import type { Part } from "@orrery/service";
import type { Message } from "@bufbuild/protobuf";
import type { WorldCreated } from "@orrery/schema/world/v1";
import type { Codec, MessageOf } from "@orrery/wire";
import type { Aggregate, CommandHandler, Context, EventHandler } from "./aggregate.ts";
import { type Worlds, worldsPart } from "./worlds.ts";

/** An aggregate that a service can run. */
export type AggregatePart<S extends Message, E extends Codec> = Aggregate<S, E> & Part<Worlds<S>>;

/**
 * @param given `create` makes the state of a new world; `on` and `commands` are its handlers. What the service
 * subscribes to and publishes follows from them.
 */
export function defineAggregate<C extends Codec, E extends Codec>(given: {
  readonly state: C;
  readonly emits: readonly E[];
  readonly create: (created: WorldCreated, ctx: Context<E>) => MessageOf<C>;
  readonly on?: readonly EventHandler<MessageOf<C>, E>[];
  readonly commands?: readonly CommandHandler<MessageOf<C>, E>[];
}): AggregatePart<MessageOf<C>, E> {
  const aggregate: Aggregate<MessageOf<C>, E> = { on: [], commands: [], ...given };
  return { ...aggregate, ...worldsPart(aggregate) };
}
