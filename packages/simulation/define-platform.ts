import type { Message } from "@bufbuild/protobuf";
import { type Codec, OrreryError } from "@orrery/wire";
import type { CommandHandler, Context, EarlierState, EventHandler } from "./aggregate.ts";
import {
  type AggregatePart,
  definedIn,
  type Facts,
  type HandlerMakers,
  partOf,
  toMake,
} from "./definition.ts";
import { simulationErrors } from "./errors.ts";
import { platformCommands } from "./platform/commands.ts";
import type { State, TableTypes } from "./state/state.ts";

/**
 * A state that belongs to no world of a game, and all that may change it: one for the deployment, in the world `platform`. It is
 * there from the start, has no pack and no game time, and moves by what the platform says, by commands, and by ticks at moments
 * of real time that it asks for. What the worlds say it does not hear; what it says is heard in each of them.
 * @throws WORLD_HANDLER_TWICE, WORLD_STATE_FLOAT, WORLD_EMITS_NO_EVENT, WORLD_TABLE_NAME, WORLD_PLATFORM_TIME,
 * WORLD_COMMAND_KEEP
 */
export function definePlatformAggregate<
  R extends Message,
  E extends Codec,
  T extends TableTypes = {},
  D = undefined,
>(
  facts: Omit<Facts<R, E, T, D>, "shards">,
  handlers: (make: HandlerMakers<State<R, T>, E, D>) => {
    readonly create: (state: State<R, T>, ctx: Context<E>) => undefined;
    readonly ticks?: {
      /** Unix ms of the moment at which the state wants its next tick; undefined: it waits for none. */
      readonly dueMs: (state: State<R, T>, derived: D) => number | undefined;
      /** `ctx.timeMs` is the moment that has come, which may be later than the one asked for. */
      readonly tick: (state: State<R, T>, ctx: Context<E, D>) => undefined;
    };
    readonly earlier?: readonly EarlierState[];
    readonly on?: readonly EventHandler<State<R, T>, E, D>[];
    readonly commands?: readonly CommandHandler<State<R, T>, E, D>[];
  },
): AggregatePart<State<R, T>, E, D> {
  const { create, ticks, commands = [], on = [], ...given } = handlers(toMake());
  for (const codec of [...facts.emits, ...on.map(({ codec }) => codec)])
    if ("atGs" in codec.schema.field)
      throw new OrreryError(simulationErrors.WORLD_PLATFORM_TIME, { given: codec.typeName });
  return partOf(facts, definedIn(), {
    of: "platform",
    // No client stands in the platform.
    kept: new Set(),
    create: () => undefined,
    on,
    commands: [...platformCommands(create, ticks?.tick), ...commands],
    ...(ticks !== undefined && { ticks }),
    ...given,
  });
}
