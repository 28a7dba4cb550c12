import type { Codec, InitOf } from "@orrery/wire";
import type { Kysely } from "kysely";
import type { EngineTables } from "../tables.ts";

/** What a job may look at and do within its commit. One that throws leaves nothing behind. */
export interface Turn {
  readonly db: Kysely<EngineTables>;
  /** On the host's clock, Unix ms. */
  readonly nowMs: number;
  emit<C extends Codec>(codec: C, init: InitOf<C>, key: string): void;
  /** Done once it is committed. */
  after(act: () => void): void;
}

/** An event on its way. */
export interface Emitted {
  readonly codec: Codec;
  readonly init: unknown;
  readonly key: string;
}

/** Under which name a call's answer is kept for those that come again. */
export interface AnswerKey {
  readonly key: string;
  readonly digest: string;
}

export interface Job<C extends Codec = Codec> {
  /** Absent: a repeat is done again. */
  readonly answer?: AnswerKey;
  readonly reply: C;
  run(turn: Turn): Promise<InitOf<C>>;
}
