import type { Change, StoredValue } from "@orrery/schema/settings/v1";
import type { Codec, InitOf } from "@orrery/wire";
import type { CompiledQuery, Kysely } from "kysely";
import type { SettingsTables } from "../tables.ts";
import type { Ground } from "./ground.ts";
import type { PlayerRows } from "./player.ts";

/** What one request may look at and do within its commit. One that throws leaves nothing behind. */
export interface Turn {
  readonly db: Kysely<SettingsTables>;
  readonly nowMs: number;
  ground: Ground;
  /** Of a player that the job named. */
  player(id: string): PlayerRows;
  keep(rows: PlayerRows): void;
  write(...queries: { compile(): CompiledQuery }[]): void;
  emit<C extends Codec>(world: string, codec: C, init: InitOf<C>, key: string): void;
  /** A change of a value, for whoever watches. */
  changed(change: Change, owner: string, stored: StoredValue): void;
}

export interface Job<C extends Codec = any> {
  /** Players whose rows it looks at. */
  readonly players: readonly string[];
  /** The answer is kept under it for repeats; absent: a repeat is done again. */
  readonly answer?: { readonly caller: string; readonly key: string; readonly digest: string };
  readonly reply: C;
  run(turn: Turn): InitOf<C> | Promise<InitOf<C>>;
}

/** A committed change, as watchers are told of it. */
export interface Told {
  readonly change: Change;
  readonly owner: string;
}
