import { collections } from "../collections/part.ts";
import { beginFork } from "../fork/begin.ts";
import type { Cut } from "../fork/cut.ts";
import { end } from "../keep/expiry.ts";
import { objects } from "../objects.ts";
import type { StateTables } from "../tables.ts";
import type { Job } from "../write/job.ts";
import type { TestState } from "./state.ts";

export function kitOf(state: TestState) {
  const kit = state.host.running()[0]?.kit;
  if (kit === undefined) throw new Error("the service does not run");
  return kit;
}

/** Where a world stands. */
export function cutNow(state: TestState, world: string): Cut {
  const { ground } = kitOf(state).part(objects);
  const atMs = state.host.surroundings.clock.now();
  for (let of: string | undefined = world; of !== undefined; of = ground.forks.get(of)?.parent) {
    const stream = ground.streams.get(of);
    // A fork that has told nothing shares the last event of its parent.
    const shared = of === world ? undefined : ground.forks.get(world)?.sequence;
    if (stream !== undefined)
      return { publisher: stream.publisher, sequence: shared ?? stream.next - 1, atMs };
  }
  return { publisher: "", sequence: 0, atMs };
}

export interface ForkHow {
  /** The process ends before this commit of the fork, counted from 1. */
  readonly failsAt?: number;
  /** Done before each commit of the fork. */
  readonly between?: () => Promise<unknown>;
  readonly incomplete?: (collection: string, forgotten: number) => void;
}

/** Forks a world as the journal would have it, where it stands or stood. */
export async function forkAt(
  state: TestState,
  parent: string,
  world: string,
  cut = cutNow(state, parent),
  { failsAt = 0, between, incomplete = () => {} }: ForkHow = {},
): Promise<void> {
  const kit = kitOf(state);
  const registry = kit.part(collections);
  if (!registry.knows(world)) await state.createWorld(world, undefined, parent);
  const owned = kit.part(objects);
  let commits = 0;
  await beginFork({
    db: kit.store.as<StateTables>(),
    dialect: kit.store.dialect,
    registry,
    ground: () => owned.ground,
    async submit(job: Job) {
      commits += 1;
      if (commits === failsAt) throw new Error("killed");
      await between?.();
      return owned.submit(job);
    },
    parent,
    world,
    cut,
    nowMs: kit.clock.now(),
    incomplete,
  });
  owned.cache.clear();
}

/** Ends what is to end by a moment of a world. */
export const expireAll = (state: TestState, world: string, gs: number) => end(kitOf(state), world, gs);
