import type { Dialect } from "kysely";

/** Connections in use, and requests that wait for one. */
export interface PoolUse {
  readonly inUse: number;
  readonly waiting: number;
}

/** What is behind a store. */
export interface Behind {
  readonly dialect: Dialect;
  /** Undefined: there is no pool, one connection does all. */
  use(): PoolUse | undefined;
  /** Why it cannot be asked at present, as far as that is known without asking. */
  problem(): string | undefined;
}
