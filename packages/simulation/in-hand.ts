import type { Committer } from "./commit.ts";
import type { Ended } from "./ended.ts";
import { simulationErrors } from "./errors.ts";
import type { GivenUp } from "./given-up.ts";
import type { Keeping } from "./keeping.ts";
import type { LongInputs } from "./long-inputs.ts";
import type { Lease } from "./lease.ts";
import type { Mending } from "./mending.ts";
import type { Parked } from "./parked.ts";
import type { ShardFacts } from "./shard.ts";
import type { Written } from "./written.ts";
import { OrreryError } from "@orrery/wire";

/** What a process has in hand of the worlds of one aggregate; while it stands by, of none. */
export interface InHand {
  readonly keeping: Keeping;
  readonly lease: Lease;
  /** Aborted when the service stops. */
  readonly stopping: AbortSignal;
  readonly worlds: Map<string, Written>;
  readonly ended: Ended;
  readonly mending: Mending;
  /** While it is the writer. */
  committer: Committer | undefined;
  /** While it is the writer. */
  parked: Parked | undefined;
  givenUp: GivenUp;
  /** A world took something in. */
  changed(world: string): void;
  /** A handler took so long for an input. */
  readonly took: LongInputs;
  /** A handler refused an input of this type. */
  refused(type: string): void;
}

export const factsOf = ({ keeping: { kit, part } }: InHand, world: string): ShardFacts => ({
  service: kit.service,
  world,
  part,
  fingerprint: kit.fingerprint,
});

/** @throws WORLD_NOT_OURS, WORLD_PARKED, WORLD_UNKNOWN */
export function writtenOf({ keeping: { kit }, worlds, committer, parked }: InHand, world: string): Written {
  if (committer === undefined)
    throw new OrreryError(simulationErrors.WORLD_NOT_OURS, { given: `${kit.service}, ${world}` });
  const written = worlds.get(world);
  if (written !== undefined) return written;
  parked?.check(world);
  throw new OrreryError(simulationErrors.WORLD_UNKNOWN, { given: world });
}
