import type { WriteResponse } from "@orrery/schema/state/v1";
import type { Dialect } from "@orrery/service";
import { type Kysely, sql } from "kysely";
import type { Registry } from "../collections/registry.ts";
import { writeFork } from "../collections/rows.ts";
import type { ForkRow, StateTables } from "../tables.ts";
import { alone } from "../write/alone.ts";
import { type Ground, type Head, headName, relate } from "../write/ground.ts";
import type { Job } from "../write/job.ts";
import { changedSince } from "./changed.ts";
import type { Cut } from "./cut.ts";
import { placeOf, seqAt } from "./place.ts";
import { takeThen } from "./take-then.ts";
import { tallyJob } from "./tallies.ts";

export interface ForkTerms {
  readonly db: Kysely<StateTables>;
  readonly dialect: Dialect;
  readonly registry: Registry;
  readonly ground: () => Ground;
  submit(job: Job<typeof WriteResponse>): Promise<unknown>;
  readonly parent: string;
  readonly world: string;
  readonly cut: Cut;
  readonly nowMs: number;
  /** Told of each collection from which objects had to be left out. */
  readonly incomplete: (collection: string, forgotten: number) => void;
}

/** Objects, and owners, that one commit is about. */
const AT_ONCE = 50;

/**
 * Lets a fork see the objects of its parent as they were where it was forked off: nothing is copied but what has
 * changed since, in commits of a few objects, and grants that wait. From the first commit on the parent hands over what
 * it overwrites. Seqs go on from there, as the journal that both share does; the objects' past and slots stay with
 * the parent. Where it was interrupted, it goes on.
 */
export async function beginFork(terms: ForkTerms): Promise<void> {
  const { db, registry, ground, submit, world } = terms;
  const known = ground().forks.get(world);
  if (known?.state === 2) return;
  const heads = () => [...ground().heads.values()].filter((head) => head.world === world);
  // One that was made before forks had lines has copies of everything.
  if (known === undefined && heads().length > 0) return;
  if (known === undefined || known.state === 0) await branchOff(terms);
  for (const { id, parent, base, collection } of heads()) {
    const above = [...ground().heads.values()].find((head) => head.id === parent);
    if (above === undefined) continue;
    const fork = { id, base, collection, world };
    const ids = [...(await changedSince(db, above, base))];
    const owners = new Set<string>();
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const taken = takeThen(terms, fork, ids.slice(at, at + AT_ONCE));
      await submit(taken.job);
      for (const owner of taken.owners) owners.add(owner);
      if (taken.forgotten() > 0) terms.incomplete(collection, taken.forgotten());
    }
    owners.delete("");
    const all = [...owners];
    for (let at = 0; at < all.length; at += AT_ONCE)
      await submit(tallyJob(ground, fork, all.slice(at, at + AT_ONCE)));
  }
  await submit(wholeJob(terms));
  if (ground().forks.get(world)?.state === 2) registry.formed(world);
}

async function branchOff({ db, ground, submit, parent, world, cut, nowMs }: ForkTerms): Promise<void> {
  const place = placeOf(ground(), parent, cut);
  const above = [...ground().heads.values()].filter((head) => head.world === place.world);
  const seqs = new Map<Head, number>();
  for (const head of above) seqs.set(head, await seqAt(db, head, place, nowMs));
  const sequence = place.begins ? 0 : (place.sequence ?? Number.MAX_SAFE_INTEGER);
  const fork: ForkRow = { world, parent: place.world, sequence, at_ms: cut.atMs, state: 1 };
  let made: readonly Head[] = [];
  await submit({
    ...alone,
    async also(tx) {
      made = [...seqs].flatMap(([{ id: from, collection }, base]) =>
        base === 0 ? [] : [{ id: ground().nextHead++, world, collection, seq: base, parent: from, base }],
      );
      for (const head of made) await tx.insertInto("head").values(head).execute();
      await writeFork(tx, fork);
    },
    done() {
      for (const head of made) ground().heads.set(headName(world, head.collection), head);
      ground().forks.set(world, fork);
      relate(ground());
    },
  });
}

function wholeJob({ ground, world }: ForkTerms): Job<typeof WriteResponse> {
  let whole: ForkRow | undefined;
  return {
    ...alone,
    async also(tx) {
      const fork = ground().forks.get(world);
      whole = fork && { ...fork, state: 2 };
      // Deleted meanwhile, it needs nothing any more.
      if (fork === undefined || whole === undefined) return;
      const columns = sql`grant_key, owner, digest, waiting, at_ms, body`;
      await sql`insert into item_grant (world, told, ${columns})
        select ${world}, 0, ${columns} from item_grant where world = ${fork.parent} and waiting = 1
        and at_ms <= ${fork.at_ms} and told <= ${fork.sequence} on conflict do nothing`.execute(tx);
      await writeFork(tx, whole);
    },
    done() {
      if (whole !== undefined) ground().forks.set(world, whole);
    },
  };
}
