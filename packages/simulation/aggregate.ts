import type { Message } from "@bufbuild/protobuf";
import type { WorldCreated } from "@orrery/schema/world/v1";
import type { Codec, EventId, InitOf } from "@orrery/wire";
import type { Ticks } from "./platform/commands.ts";
import type { Random, Streams } from "./randomness.ts";
import type { Place, Whom } from "./sharding/whom.ts";
import type { AnyState, StateTypes } from "./state/state.ts";

/*
 * An aggregate is the state of one world in one service, whole or in shards, and the only writer of it. Its handlers are pure:
 * what they do follows from the state, the input and named randomness, so the same inputs in the same order
 * give the same state and the same bytes, here and in a replay.
 */

/** What a handler is told besides state and input. `E` is the union of codecs it may emit, `D` what `derive` gives. */
export interface Context<E extends Codec = Codec, D = unknown> {
  readonly world: { readonly id: string; readonly seed: string };
  /** Which of the world's shards this is: most aggregates have one. */
  readonly shard: Place & {
    /** Whether what goes by this key is kept in this shard. */
    has(key: string): boolean;
  };
  /**
   * Unix ms: an event's envelope time, or the moment a command was taken in (recorded with it). The only real
   * time that world logic knows.
   */
  readonly timeMs: number;
  /** Identity of the event in hand; undefined in a command. */
  readonly cause: EventId | undefined;
  /** Service id of the event's publisher, or who made the command (`admin:ada`). */
  readonly by: string;
  /** Substreams of the world's seed, scoped to this aggregate; the same in all of its shards. */
  readonly streams: Streams;
  /** Draws that belong to this one input. */
  readonly random: Random;
  /**
   * What follows from the state, in memory alone. Whoever changes the state keeps it in step; `create` and `fork` need
   * not, it is derived behind them, and is not there in `create`.
   */
  readonly derived: D;
  /** Adds an event to the commit; it is written to bytes at once. */
  emit<C extends E>(codec: C, event: InitOf<C>, about?: About): EventId;
  /**
   * What the events of this key are about is gone: who comes from now on is not told the last of them. Of types that
   * coalesce; without it what was said last is told for ever.
   */
  retire(codec: E, key: string): void;
}

/** What the envelope of an emitted event says; left out, it follows from the input and the type. */
export interface About {
  readonly timeMs?: number;
  readonly cause?: EventId;
}

export interface EventHandler<S, E extends Codec, D = any> {
  readonly codec: Codec;
  /** Default `all`. */
  readonly whom?: Whom;
  readonly handle: (state: S, event: any, ctx: Context<E, D>) => undefined;
}

/** How long the answers to a command are kept for repeats of its idempotency key, in real time: days, 1..36,500. */
export type Keep = "forever" | { readonly days: number };

export interface CommandHandler<S, E extends Codec, D = any> {
  readonly request: Codec;
  readonly reply: Codec;
  /** The key whose shard it goes to. Absent: to the first. */
  readonly whom?: (request: any) => string;
  /** Default: 24 h. */
  readonly keep?: Keep;
  readonly handle: (state: S, request: any, ctx: Context<E, D>) => unknown;
}

/** How many shards a world's state is kept in. */
export interface Shards {
  /** Most that a world may have; 1..64. So many writers stand ready, with a subscription each. */
  readonly most: number;
  /** Of a world that begins: 1..most. It is fixed with its beginning. */
  of(created: WorldCreated): number;
}

/** A question to one shard. */
export interface QueryHandler<S, D = any> {
  readonly request: Codec;
  readonly reply: Codec;
  readonly answer: (state: S, request: any, derived: D) => unknown;
}

/** A type that a root or a page was written as, and how one becomes what it is now. */
export interface EarlierState {
  readonly codec: Codec;
  readonly migrate: (earlier: any) => Message;
}

export interface Aggregate<S extends AnyState = any, E extends Codec = Codec, D = any> {
  /** Names it among those of its service. */
  readonly name: string;
  readonly shards: Shards;
  /** URL or path of the module that defines it: its code is all that this module reaches. */
  readonly definedIn: string;
  /** Whether it has a state of each world, or one of the platform. */
  readonly of: "world" | "platform";
  /** Of the platform: when it moves by itself. */
  readonly ticks?: Ticks<S, D>;
  readonly state: StateTypes;
  readonly emits: readonly E[];
  /** Sections of packs that its handlers are given (`land`); undefined: all. */
  readonly reads?: readonly string[] | undefined;
  /** Types whose last event of each key is kept for who comes later. */
  readonly kept: ReadonlySet<Codec>;
  readonly earlier: readonly EarlierState[];
  /** What follows from a state (an index, a heap of what is due): a pure function of it, which changes nothing. */
  readonly derive?: ((state: S) => D) | undefined;
  /** Makes the state of a new world, from a state of nothing. The platform's is made by a command. */
  readonly create: (state: S, created: WorldCreated, ctx: Context<E>) => undefined;
  /** Adapts the state that a fork takes over from its parent; absent: it fits as it is. */
  readonly fork?: (state: S, created: WorldCreated, ctx: Context<E, D>) => undefined;
  readonly on: readonly EventHandler<S, E, D>[];
  readonly commands: readonly CommandHandler<S, E, D>[];
  readonly queries: readonly QueryHandler<S, D>[];
}
