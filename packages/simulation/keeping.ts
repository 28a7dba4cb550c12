import type { Kit } from "@orrery/service";
import type { Aggregate } from "./aggregate.ts";
import type { Handlers } from "./shard.ts";

/** What all that keeps the worlds of one aggregate has in hand. */
export interface Keeping {
  readonly kit: Kit;
  /** Of the service; its rows, lease and subscription are named by it. */
  readonly part: string;
  readonly aggregate: Aggregate;
  readonly handlers: Handlers;
  /** Of the code that handles: recorded with what it took in. */
  readonly codeVersion: string;
}
