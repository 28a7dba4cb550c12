import { create } from "@bufbuild/protobuf";
import {
  type CollectionRefusalInit,
  CollectionRefusalSchema,
  KeptCollectionSchema,
  type PackCollections,
  PackCollectionsSchema,
  WriteResponse,
} from "@orrery/schema/state/v1";
import type { CollectionRuleInit } from "@orrery/schema/world/v1";
import type { Dialect } from "@orrery/service";
import { isError, OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { stateErrors } from "../errors.ts";
import type { StateTables } from "../tables.ts";
import { standAlone } from "../fork/stand-alone.ts";
import { alone } from "../write/alone.ts";
import { type Ground, headName } from "../write/ground.ts";
import type { Job } from "../write/job.ts";
import { lookAtHeld, lookAtRest } from "./held.ts";
import { type Plan, planOf, refusal } from "./plan.ts";
import type { Registry } from "./registry.ts";
import { collectionsOf, readPacks, writeFork, writePacks } from "./rows.ts";
import { toKept } from "./rule.ts";

export interface AdoptTerms {
  readonly db: Kysely<StateTables>;
  readonly dialect: Dialect;
  readonly registry: Registry;
  readonly ground: () => Ground;
  submit(job: Job<typeof WriteResponse>): Promise<unknown>;
}

export interface Offer {
  readonly world: string;
  readonly packId: string;
  readonly revision: number;
  readonly rules: readonly CollectionRuleInit[];
}

/** Why an edit would be refused; nothing changes. */
export async function refusalsOf(terms: AdoptTerms, offer: Offer): Promise<readonly CollectionRefusalInit[]> {
  const { db, dialect, registry, ground } = terms;
  const plan = planOf(registry, offer.world, offer.packId, offer.rules);
  const held = await lookAtHeld(db, dialect, ground, plan.changes, false);
  return [...plan.refusals, ...held.refusals];
}

/**
 * Takes up what a pack says of a world's collections, all of it or nothing; what was refused is kept with the reasons.
 * What is held is looked at while others write; only what changed meanwhile is looked at in the commit.
 */
export async function adopt(
  terms: AdoptTerms,
  offer: Offer,
  before: PackCollections | undefined,
): Promise<readonly CollectionRefusalInit[]> {
  const { db, dialect, registry, ground, submit } = terms;
  const { world, revision } = offer;
  const plan = planOf(registry, world, offer.packId, offer.rules);
  // What a new index is made of must be the world's own, and forks have none of it.
  for (const { home, name, fill } of plan.refusals.length === 0 ? plan.changes : []) {
    const head = fill.length === 0 ? undefined : ground().heads.get(headName(home, name));
    if (head === undefined) continue;
    for (const fork of [head, ...ground().lineage.below(head.id)]) await standAlone(terms, fork);
  }
  const { refusals: held, looked } = await lookAtHeld(db, dialect, ground, plan.changes, true);
  let refusals = [...plan.refusals, ...held];
  if (refusals.length === 0)
    try {
      const packs = await packsAfter(terms, offer, plan);
      const rest = (tx: Kysely<StateTables>) => lookAtRest(tx, dialect, ground(), looked, plan.changes);
      await submit(keepJob(terms, packs, rest));
      return [];
    } catch (error) {
      if (!isError(error, stateErrors.STATE_COLLECTION_HELD)) throw error;
      refusals = [refusal(stateErrors.STATE_COLLECTION_HELD, "", "", (error as OrreryError).given ?? "")];
    }
  const kept = before ?? create(PackCollectionsSchema, { packId: offer.packId });
  const refused = create(PackCollectionsSchema, {
    ...kept,
    seenRevision: revision,
    refusals: refusals.map((own) => create(CollectionRefusalSchema, own)),
  });
  await submit(keepJob(terms, new Map([[world, refused]])));
  return refusals;
}

/** Notes that a fork is to come: until it sees its parent's objects nobody reads or writes it. */
export async function announceFork(
  { registry, ground, submit }: AdoptTerms,
  world: string,
  parent: string,
): Promise<void> {
  const fork = { world, parent, sequence: 0, at_ms: 0, state: 0 };
  if (!ground().forks.has(world))
    await submit({
      ...alone,
      also: (tx) => writeFork(tx, fork),
      done: () => void ground().forks.set(world, fork),
    });
  if (ground().forks.get(world)?.state !== 2) registry.forming(world);
}

/** Lets a fork keep what its parent keeps: its objects were written under these definitions. */
export async function adoptFromParent(
  terms: AdoptTerms,
  world: string,
  parent: PackCollections,
): Promise<void> {
  await terms.submit(
    keepJob(terms, new Map([[world, create(PackCollectionsSchema, { ...parent, refusals: [] })]])),
  );
}

/** Writes packs down in a commit of their own, and lets the registry have them before the next one. */
function keepJob(
  { registry }: AdoptTerms,
  packs: ReadonlyMap<string, PackCollections>,
  check: (tx: Kysely<StateTables>) => Promise<void> = async () => {},
): Job<typeof WriteResponse> {
  return {
    owner: "",
    yields: false,
    needs: { refs: [] },
    reply: WriteResponse,
    prepare: check,
    apply: () => ({}),
    also: (tx) => writePacks(tx, packs),
    done: () => registry.define(new Map([...packs].map(([world, pack]) => [world, collectionsOf(pack)]))),
  };
}

/** The world's pack, and those of other worlds that share a platform collection which the edit changes. */
async function packsAfter(
  { db }: AdoptTerms,
  { world, packId, revision }: Offer,
  { next }: Plan,
): Promise<Map<string, PackCollections>> {
  const collections = next.map((own) => create(KeptCollectionSchema, toKept(own)));
  const shared = new Map(
    next.flatMap(({ name, scope }, i) => (scope === "platform" ? [[name, collections[i]] as const] : [])),
  );
  const others = [...(await readPacks(db))].filter(([id, own]) => id !== world && own.packId === packId);
  const own = create(PackCollectionsSchema, { packId, revision, seenRevision: revision, collections });
  return new Map([
    [world, own],
    ...others.map(
      ([id, other]) =>
        [
          id,
          {
            ...other,
            collections: other.collections.map((each) => shared.get(each.rule?.name ?? "") ?? each),
          },
        ] as const,
    ),
  ]);
}
