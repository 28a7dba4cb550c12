import { join } from "node:path";
import { durableSubscription, type Kit, type Part } from "@orrery/service";
import type { Config } from "../config.ts";
import { adopt, compare, problemOf } from "./adopt.ts";
import type { Segments } from "./segments.ts";
import { type Forks, loadForks } from "./forks.ts";
import { createKeeper, type Keeper } from "./keep.ts";
import { readLineages } from "./lineage.ts";
import { loadNames, type Names } from "./names.ts";
import { createReader, type Reader } from "./read.ts";
import { ends } from "../worlds/ends.ts";
import { memorySegments, openSegments } from "./segments.ts";
import { sharePages } from "./share-pages.ts";
import { readStretches } from "./stretches.ts";
import type { JournalTables } from "./tables.ts";

export interface Journal {
  readonly keeper: Keeper;
  readonly reader: Reader;
  readonly forks: Forks;
  readonly names: Names;
  readonly segments: Segments;
  readonly stretches: ReturnType<typeof readStretches>;
}

/** What it is called among the subscriptions. */
export const INTAKE = "event-bus/journal";

const CONCURRENCY = 4_096;

const hears = {
  name: "journal",
  subscribes: ["*"],
  durable: { order: "none" },
} as const;

/** Subscribes to everything and keeps it. */
export const journal: Part<Journal> = {
  ...hears,
  publishes: [],
  async start(kit: Kit) {
    const db = kit.store.as<JournalTables>();
    const names = await loadNames(db);
    const end = await db
      .selectFrom("frame")
      .select(["segment", "place", "bytes"])
      .orderBy("segment", "desc")
      .orderBy("place", "desc")
      .limit(1)
      .executeTakeFirst();
    const segments =
      kit.folder === undefined
        ? memorySegments()
        : openSegments(
            join(kit.folder, "journal"),
            end && { segment: end.segment, place: end.place + end.bytes },
            (kit.config as Config).journalSegmentMib * 1024 * 1024,
          );
    const disagreement = kit.folder === undefined ? undefined : await compare(db, segments);
    const forks = await loadForks(db);
    const isDeleted = (world: string) => kit.part(ends).get(world)?.deleted ?? false;
    const keeper = await createKeeper(kit, db, names, segments, forks.startOf, isDeleted);
    if (disagreement !== undefined) {
      await adopt(kit, keeper, segments, disagreement);
      kit.health.add({ name: "files", kind: "notice", ask: () => problemOf(disagreement) });
    }
    const reader = sharePages(readLineages(createReader(db, names, segments), forks));
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      prefetch: CONCURRENCY,
      prefetchBytes: 32 * 1024 * 1024,
      concurrency: CONCURRENCY,
      personal: "sealed",
      handleFrame: (batch) => keeper.keep(batch),
    });
    await subscription.ready;
    kit.health.add({
      name: "intake",
      kind: "progress",
      ask() {
        const { state, reason } = subscription.status.current;
        return state === "failing" ? `intake fails: ${reason}` : undefined;
      },
    });
    return {
      handle: {
        keeper,
        reader,
        forks,
        names,
        segments,
        stretches: readStretches(db, names, segments, forks),
      },
      async stop() {
        await subscription.drain();
        await keeper.close();
        segments.close();
      },
    };
  },
};
