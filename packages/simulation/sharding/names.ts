import { OrreryError } from "@orrery/wire";
import { simulationErrors } from "../errors.ts";

/** Of an aggregate that is not named: a service with one has no need to. */
export const UNNAMED = "aggregate";
/** Shards of a world at most. */
export const MOST_SHARDS = 64;

const NAME = /^[a-z][a-z0-9-]{0,23}$/;

/** Names rows, leases, subscriptions and publishers: what changes it changes whose they are. @throws WORLD_AGGREGATE_NAME */
export function checkName(name: string): void {
  if (!NAME.test(name)) throw new OrreryError(simulationErrors.WORLD_AGGREGATE_NAME, { given: name });
}

/** A writer among those of its service: `people/3`. */
export const partOf = (aggregate: string, shard: number) => `${aggregate}/${shard}`;

/** Which shard of its aggregate a writer has. */
export const shardIn = (part: string) => Number(part.slice(part.lastIndexOf("/") + 1));
export const aggregateIn = (part: string) => part.slice(0, part.lastIndexOf("/"));

/** A shard as the journal calls it: `npc-behavior/hollowmere/people/3`. */
export const shardName = ({
  service,
  world,
  part,
}: {
  readonly service: string;
  readonly world: string;
  readonly part: string;
}) => `${service}/${world}/${part}`;

/** A stream of a shard's, by what it was made as, without what keeps it apart from earlier ones. */
const STREAM = /^[^/]+\/[^/]+\/([^/]+)\/(\d+)\/([a-z])[0-9a-z]*$/;

/** What tells the streams of one source apart, however often its worlds were made anew. */
export function streamIn(publisher: string): readonly string[] {
  return STREAM.exec(publisher)?.slice(1) ?? [];
}
