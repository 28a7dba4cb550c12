import { create } from "@bufbuild/protobuf";
import { seededNumbers } from "@orrery/bus";
import { type Manifest, ManifestSchema, SegmentUseSchema } from "@orrery/schema/simulation/v1";
import { commitTogether, done, type KitTables, openStore, type Store } from "@orrery/service";
import type { Kysely } from "kysely";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cutQueries, segmentQuery } from "./cut-rows.ts";
import { loadEnded } from "./ended.ts";
import { refer } from "./segment-references.ts";

const PART = "aggregate";
let store: Store;
let db: Kysely<KitTables>;
beforeEach(async () => {
  store = await openStore({ service: "under-test", url: ":memory:", migrations: {} });
  db = store.as<KitTables>();
});
afterEach(() => store.close());

/** What each world's manifest names, by writer and number. */
type Named = ReadonlySet<string>;

const manifestOf = (world: string, named: Named): Manifest =>
  create(ManifestSchema, {
    segments: [...named].map((name) => {
      const [writer = "", id] = name.split("/");
      return create(SegmentUseSchema, {
        world: writer === world ? "" : writer,
        segment: Number(id),
        pages: 1,
      });
    }),
  });

async function close(world: string, named: Named, written: readonly number[]): Promise<void> {
  const bytes = new Uint8Array(1);
  await commitTogether(db, done(...written.map((id) => segmentQuery(db, { part: PART, world, id, bytes }))));
  const shard = { part: PART, world, progress: bytes, intake_seq: 1, began: bytes, told: bytes };
  await db
    .insertInto("shard")
    .values(shard)
    .onConflict((c) => c.doNothing())
    .execute();
  const row = {
    part: PART,
    world,
    seq: 1,
    progress: bytes,
    codeVersion: "",
    manifest: manifestOf(world, named),
  };
  await commitTogether(db, done(...cutQueries(db, row)));
}

const kept = async () => {
  const rows = await db.selectFrom("segment").select(["world", "id"]).execute();
  return rows.map(({ world, id }) => `${world}/${id}`).sort();
};

/** 0 .. most - 1, the same each time. */
function luck(seed: number): (most: number) => number {
  const random = seededNumbers(seed);
  return (most) => Math.floor(random() * most);
}

it.each([1, 2, 3, 4])(
  "keeps what some world's state is made of, forks of forks too, and nothing else (seed %i)",
  async (seed) => {
    const draw = luck(seed);
    const worlds = new Map<string, { named: Set<string>; last: number }>([
      ["w0", { named: new Set(), last: 0 }],
    ]);
    const ended = await loadEnded({ store }, PART);
    for (let step = 0, made = 1; step < 120; step++) {
      const ids = [...worlds.keys()];
      const world = ids[draw(ids.length)] as string;
      const own = worlds.get(world) as { named: Set<string>; last: number };
      const what = draw(10);
      if (what === 0 && ids.length > 1) {
        worlds.delete(world);
        await ended.end(world, true);
      } else if (what < 3) {
        const fork = `w${made++}`;
        await commitTogether(db, done(...refer(db, PART, fork, world, manifestOf(world, own.named))));
        worlds.set(fork, { named: new Set(own.named), last: own.last });
      } else {
        for (const name of own.named) if (draw(3) === 0) own.named.delete(name);
        const written = Array.from({ length: 1 + draw(3) }, () => (own.last += 1));
        for (const id of written) own.named.add(`${world}/${id}`);
        await close(world, own.named, written);
      }
      const needed = new Set([...worlds.values()].flatMap(({ named }) => [...named]));
      const found = await kept();
      expect([...needed].filter((name) => !found.includes(name))).toEqual([]);
    }
    // With the last word of each nothing is left that nobody names.
    for (const [world, { named }] of worlds) await close(world, named, []);
    for (const [world, { named }] of worlds) await close(world, named, []);
    expect(await kept()).toEqual(
      [...new Set([...worlds.values()].flatMap(({ named }) => [...named]))].sort(),
    );
  },
);
