import type { CollectionRefusalInit } from "@orrery/schema/state/v1";
import { PackPart, PackRevised, WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import type { Delivered } from "@orrery/bus";
import {
  durableSubscription,
  keepSections,
  type Kit,
  type Part,
  type ReadSection,
  serviceErrors,
  wholePack,
} from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { objects } from "../objects.ts";
import type { StateTables } from "../tables.ts";
import { adopt, adoptFromParent, announceFork, type AdoptTerms, type Offer, refusalsOf } from "./adopt.ts";
import { collections } from "./part.ts";
import { removeWorldJob } from "../keep/remove-world.ts";
import { readPack, readPacks, takeOver, writeEnded } from "./rows.ts";

/** What worlds' packs define, as it is told. */
export interface Packs {
  /** What an edit would be refused for; nothing changes. */
  check(offer: Offer): Promise<readonly CollectionRefusalInit[]>;
}

const hears = {
  name: "packs",
  subscribes: [PackPart.typeName, WorldCreated.typeName, PackRevised.typeName, WorldArchived.typeName],
  // Every copy of the service keeps its own list.
  durable: { as: "collections", order: "key", eachCopy: true },
} as const;

/**
 * Takes up the collections of packs. The writer decides, since what is held must fit; the others wait for what it
 * decided.
 */
export const packs: Part<Packs> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const db = kit.store.as<StateTables>();
    const registry = kit.part(collections);
    const sections = keepSections(kit.store);
    /** By world: why its collections are not those of its pack. */
    const refused = new Map<string, readonly CollectionRefusalInit[]>();
    for (const [world, { refusals }] of await readPacks(db))
      if (refusals.length > 0) refused.set(world, refusals);

    /** Nobody writes or reads a world that has ended; forks still copy from one that was not deleted. */
    async function end(world: string, deleted: boolean): Promise<void> {
      await writeEnded(db, world);
      registry.forget(world);
      refused.delete(world);
      const owned = kit.part(objects);
      owned.cache.clear();
      if (deleted && owned.active) await owned.submit(removeWorldJob(() => owned.ground, world));
    }

    async function hear(event: Delivered): Promise<void> {
      const { world } = event;
      if (event.type === PackPart.typeName) return sections.keep(event.decode(PackPart));
      if (event.type === WorldArchived.typeName) return end(world, event.decode(WorldArchived).deleted);
      const known = await readPack(db, world);
      const offer = await offerOf(event, sections.section);
      if (known !== undefined && (offer.begins || offer.revision <= known.seenRevision)) {
        if (!registry.knows(world) || !kit.part(objects).active) await takeOver(db, registry);
        return;
      }
      if (!kit.part(objects).active || (known === undefined && !offer.begins))
        throw new OrreryError(serviceErrors.SERVICE_NOT_READY, { given: `collections of ${world}` });
      const terms = termsOf(kit);
      if (offer.parent !== undefined) await announceFork(terms, world, offer.parent);
      const parent = offer.parent === undefined ? undefined : await readPack(db, offer.parent);
      if (parent !== undefined) return adoptFromParent(terms, world, parent);
      const refusals = await adopt(terms, offer, known);
      if (refusals.length === 0) return void refused.delete(world);
      refused.set(world, refusals);
      kit.log.warn({ world, revision: offer.revision, refusals }, saidOf(world, refusals));
    }

    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      handle: hear,
    });
    kit.health.add({
      name: "collections",
      kind: "notice",
      ask() {
        const [first] = refused;
        return first && saidOf(...first);
      },
    });
    await subscription.ready;
    return {
      handle: { check: (offer) => refusalsOf(termsOf(kit), offer) },
      stop: async () => void (await subscription.drain()),
    };
  },
};

/** What of a pack is looked at here. */
const READ = ["about", "collections"];

const saidOf = (world: string, refusals: readonly CollectionRefusalInit[]) =>
  `${world} keeps the collections that it had: ${refusals.map(({ code, message }) => `${code}: ${message}`).join("; ")}`;

async function offerOf(
  event: Delivered,
  read: ReadSection,
): Promise<Offer & { readonly begins: boolean; readonly parent: string | undefined }> {
  const { world } = event;
  if (event.type === WorldCreated.typeName) {
    const created = event.decode(WorldCreated);
    const { forkedFrom } = created;
    const pack = await wholePack(created, read, READ);
    const about = { world, packId: pack?.id ?? "", rules: pack?.collections ?? [] };
    return { ...about, revision: 0, begins: true, parent: forkedFrom?.worldId };
  }
  const revised = event.decode(PackRevised);
  const { packId, revision } = revised;
  const pack = await wholePack(revised, read, READ);
  return { world, packId, revision, rules: pack?.collections ?? [], begins: false, parent: undefined };
}

function termsOf(kit: Kit): AdoptTerms {
  const owned = kit.part(objects);
  return {
    db: kit.store.as<StateTables>(),
    dialect: kit.store.dialect,
    registry: kit.part(collections),
    ground: () => owned.ground,
    submit: (job) => owned.submit(job),
  };
}
