import type { KeptSections, Kit } from "@orrery/service";
import type { Aggregate } from "./aggregate.ts";
import type { Wholes } from "./personal.ts";
import type { Handlers } from "./shard.ts";
import type { ShardCounts } from "./sharding/counts.ts";

/** What all that keeps one shard of each world has in hand. */
export interface Keeping {
  readonly kit: Kit;
  /** `<aggregate>/<shard>`: its rows, lease and subscription are named by it. */
  readonly part: string;
  /** Makes inputs whole. */
  readonly wholes: Wholes;
  readonly sections: KeptSections;
  /** How many shards each world has. */
  readonly counts: ShardCounts;
  readonly aggregate: Aggregate;
  readonly handlers: Handlers;
  /** Of the code that handles: recorded with what it took in. */
  readonly codeVersion: string;
}
