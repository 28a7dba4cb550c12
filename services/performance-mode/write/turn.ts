import type { Codec, InitOf } from "@orrery/wire";
import type { CompiledQuery, Kysely } from "kysely";
import type { Intern } from "../resolve/intern.ts";
import type { Session } from "../session/session.ts";
import type { PerformanceTables } from "../tables.ts";
import type { Ground } from "./ground.ts";
import type { PlayerRows } from "./player.ts";

/** What one request may look at and do within its commit. One that throws leaves nothing behind. */
export interface Turn {
  readonly db: Kysely<PerformanceTables>;
  readonly nowMs: number;
  readonly intern: Intern;
  ground: Ground;
  /** Of a player that the job named. */
  player(id: string): PlayerRows;
  keep(rows: PlayerRows): void;
  session(id: string): Session | undefined;
  /** Open ones of a player. */
  sessionsOf(player: string): readonly Session[];
  /** All that are open. */
  sessions(): Iterable<Session>;
  /** @param session undefined: it is over */
  keepSession(id: string, session: Session | undefined): void;
  write(...queries: { compile(): CompiledQuery }[]): void;
  emit<C extends Codec>(world: string, codec: C, init: InitOf<C>, key: string): void;
}

export interface Job<C extends Codec = any> {
  /** Players whose rows it looks at. */
  readonly players: readonly string[];
  /** The answer is kept under it for repeats; absent: a repeat is done again. */
  readonly answer?: { readonly caller: string; readonly key: string; readonly digest: string };
  readonly reply: C;
  run(turn: Turn): InitOf<C> | Promise<InitOf<C>>;
}
