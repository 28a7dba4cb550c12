import { PackPart, PackRevised, WorldCreated } from "@orrery/schema/world/v1";
import { durableSubscription, keepSections, type Part, say, serveSnapshot, wholePack } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";

export interface KnownWorld {
  readonly worldId: string;
  readonly title: string;
  readonly seed: string;
}

export interface WorldTables {
  world: {
    id: string;
    title: string;
    seed: string;
    /** WorldCreated with what clients are told of the pack as it is today. */
    created: Uint8Array;
    publisher: string;
    sequence: number;
  };
}

export interface KnownWorlds {
  list(): readonly KnownWorld[];
  /** Whether there is such a world. One that was just made may not have been heard of: that is waited for, a moment. */
  isKnown(world: string): Promise<boolean>;
  /** What a world is made of today, and the place in a stream where that was said. */
  madeOf(world: string): Promise<Made | undefined>;
}

interface Made {
  readonly created: WorldCreated;
  readonly publisher: string;
  readonly sequence: number;
}

/** Sections that clients see: what the map and the calendar are drawn from. */
const SHOWN = ["about", "calendar", "land", "climates", "weather"];
/** Until a world that was made is known at every door. */
const NEWS_MS = 1_000;

const hears = {
  name: "worlds",
  subscribes: [PackPart.typeName, WorldCreated.typeName, PackRevised.typeName],
  // Every copy of the door keeps its own list.
  durable: { order: "key", eachCopy: true },
} as const;

/** The worlds that clients may join, as their creation and the revisions of their packs told. */
export const worlds: Part<KnownWorlds> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const db = kit.store.as<WorldTables>();
    const known = new Map<string, KnownWorld>();
    /** Read for the first who comes, until it changes. */
    const made = new Map<string, Made>();
    let changes = 0;
    let news = Promise.withResolvers<void>();

    async function madeOf(world: string): Promise<Made | undefined> {
      const held = made.get(world);
      if (held !== undefined) return held;
      const before = changes;
      const row = await db.selectFrom("world").selectAll().where("id", "=", world).executeTakeFirst();
      if (row === undefined) return undefined;
      const { publisher, sequence } = row;
      const read = { created: WorldCreated.decode(row.created), publisher, sequence: Number(sequence) };
      // What changed meanwhile is read anew by the next one.
      if (before === changes) made.set(world, read);
      return read;
    }

    function changed(world: string): void {
      changes += 1;
      made.delete(world);
    }
    const stopping = new AbortController();

    async function isKnown(world: string): Promise<boolean> {
      const untilMs = kit.clock.now() + NEWS_MS;
      while (!known.has(world)) {
        const leftMs = untilMs - kit.clock.now();
        if (leftMs <= 0 || stopping.signal.aborted) return false;
        await Promise.race([news.promise, kit.clock.sleep(leftMs, stopping.signal)]);
      }
      return true;
    }
    for (const { id, title, seed } of await db
      .selectFrom("world")
      .select(["id", "title", "seed"])
      .execute()) {
      known.set(id, { worldId: id, title, seed });
    }

    const sections = keepSections(kit.store);
    const packOf = (event: Pick<WorldCreated, "pack" | "sections">) =>
      wholePack(event, sections.section, SHOWN);

    async function create(named: WorldCreated, publisher: string, sequence: number): Promise<void> {
      const pack = await packOf(named);
      const created = { ...named, pack };
      const { worldId: id, seed } = named;
      const title = pack?.title || id;
      const row = { id, title, seed, created: encodeBytes(WorldCreated, created), publisher, sequence };
      await db
        .insertInto("world")
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      known.set(id, { worldId: id, title, seed });
      changed(id);
      news.resolve();
      news = Promise.withResolvers();
    }

    async function revise(
      world: string,
      revised: PackRevised,
      publisher: string,
      sequence: number,
    ): Promise<void> {
      const row = await db.selectFrom("world").selectAll().where("id", "=", world).executeTakeFirst();
      const pack = await packOf(revised);
      if (row === undefined || pack === undefined || sequence <= row.sequence) return;
      const created = encodeBytes(WorldCreated, {
        ...WorldCreated.decode(row.created),
        pack,
        sections: revised.sections,
      });
      const title = pack.title || world;
      await db
        .updateTable("world")
        .set({ created, title, publisher, sequence })
        .where("id", "=", world)
        .execute();
      known.set(world, { worldId: world, title, seed: row.seed });
      changed(world);
    }

    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      handle(event) {
        if (event.type === PackPart.typeName) return sections.keep(event.decode(PackPart));
        return event.type === WorldCreated.typeName
          ? create(event.decode(WorldCreated), event.publisher, event.sequence)
          : revise(event.world, event.decode(PackRevised), event.publisher, event.sequence);
      },
    });
    await subscription.ready;
    return {
      handle: { list: () => [...known.values()], isKnown, madeOf },
      async stop() {
        stopping.abort();
        await subscription.drain();
      },
    };
  },
};

/** A client that comes now learns what the world is made of. */
export const worldSnapshot = serveSnapshot(async ({ worldId }, call) => {
  const made = await call.part(worlds).madeOf(worldId);
  if (made === undefined) return { events: [], asOf: [] };
  const { created, publisher, sequence } = made;
  return { events: [say(WorldCreated, created)], asOf: [{ lane: 2, publisher, sequence }] };
});
