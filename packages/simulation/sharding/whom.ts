import type { Codec } from "@orrery/wire";
import { spreadText } from "../randomness.ts";
import type { Incoming } from "../shard.ts";

/*
 * One world's state in a service may be several shards, each with a writer of its own. What is kept in which follows from a
 * key: the id of a person, of a region. What comes in goes to the shards whose keys it concerns.
 */

/** Which of a world's shards one is. */
export interface Place {
  /** From 0. */
  readonly shard: number;
  /** How many there are of the world; fixed when it was made. */
  readonly shards: number;
}

/**
 * Whom an event concerns. `all`: every shard of its world; `key`: the shard that has the event's own key; else the shards of
 * these keys: none, and nobody takes it in.
 */
export type Whom<M = any> = "all" | "key" | ((event: M) => string | readonly string[]);

/** The shard that has a key, of so many. */
export const shardOf = (key: string, shards: number): number =>
  shards === 1 ? 0 : (spreadText(key) >>> 0) % shards;

/** An event as it is looked at before it is taken in. */
type Looked = Pick<Incoming, "key" | "payload" | "opened">;

export function isConcerned(
  { whom = "all", codec }: { readonly whom?: Whom; readonly codec: Codec },
  { key, payload, opened }: Looked,
  { shard, shards }: Place,
): boolean {
  if (shards === 1 || whom === "all") return true;
  if (whom === "key") return shardOf(key, shards) === shard;
  const keys = whom(codec.decode(opened ?? payload));
  return typeof keys === "string"
    ? shardOf(keys, shards) === shard
    : keys.some((one) => shardOf(one, shards) === shard);
}
