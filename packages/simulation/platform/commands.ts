import { BeginPlatform, PlatformDone, TickPlatform } from "@orrery/schema/simulation/v1";
import type { CommandHandler, Context } from "../aggregate.ts";
import type { AnyState } from "../state/state.ts";

/** What moves a state of the platform in real time. */
export interface Ticks<S, D = any> {
  /** Unix ms of the moment at which the state wants its next tick; undefined: it waits for none. */
  readonly dueMs: (state: S, derived: D) => number | undefined;
}

/** The commands by which the kit itself moves the platform's state. */
export function platformCommands(
  create: (state: any, ctx: Context<any, any>) => undefined,
  tick: ((state: any, ctx: Context<any, any>) => undefined) | undefined,
): CommandHandler<AnyState, any>[] {
  const command = (request: CommandHandler<AnyState, any>["request"], handle: typeof create) => ({
    request,
    reply: PlatformDone,
    handle: (state: AnyState, _request: unknown, ctx: Context<any, any>) => handle(state, ctx) ?? {},
  });
  return [command(BeginPlatform, create), ...(tick === undefined ? [] : [command(TickPlatform, tick)])];
}
