import { randomUUID } from "node:crypto";
import { JournalService } from "@orrery/schema/bus/v1";
import type { RebuildProjectionRequest, RebuildProjectionResponse } from "@orrery/schema/simulation/v1";
import { type InitOf, OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { serviceErrors } from "../errors.ts";
import type { Kit } from "../kit.ts";
import type { KitTables } from "../store/kit-tables.ts";
import { asBuilder, besideOf, type Building, exclusively, type Keep, setBuilding, tell } from "./copies.ts";
import { missingIn } from "./marks.ts";
import { type ProjectedEvent, projected } from "./event.ts";
import { checkReach, untilKept } from "./reach.ts";

/*
 * The seam between the journal and what goes on meanwhile.
 *
 * Two copies, each with marks of its own: a bit for each event that it has heard, written in the transaction that
 * writes its rows. So a copy takes each event once, whoever brings it and however often.
 *
 * BEGUN. One transaction clears the copy beside and writes down that it is built. What the subscription hears after that
 * it tells both copies; what it heard before, it told the one in use alone.
 * KEPT. All that was published before BEGUN is in the journal, as far as it is ever kept: it says so.
 * READ. The journal is read to its end of then. So the copy beside has what was heard before (from the journal), what was
 * heard since (from the subscription; the journal may bring it first), and what was said and not heard yet, which the
 * subscription will bring and the mark will pass over.
 * SWAPPED. One transaction, which no hearing overlaps, looks that nothing the copy in use has heard is missing in the other,
 * and gives rows and marks of the other the world's name. Before it nothing of the copy in use is touched: whatever
 * dies on the way leaves it as it was, and the next BEGUN clears what is left of the attempt. Two at once: the later one
 * has the token, and the other ends.
 */

/** What can be built again. */
export interface Rebuilt {
  /**
   * Tables that only `keep` writes, each with a text column `world` within its primary key: what is built beside has
   * rows under another name there, which becomes the world's at the end.
   */
  readonly tables: readonly string[];
}

type Request = Pick<RebuildProjectionRequest, "worldId" | "fromRetained">;
export type Progress = InitOf<typeof RebuildProjectionResponse>;
export type Rebuild = (kit: Kit, request: Request, signal: AbortSignal) => AsyncGenerator<Progress>;

/** Events of one page of the journal, and of one transaction. */
const PAGE = 500;
/** The journal says that it has all, and does not have what was heard: once more, since clocks of hosts differ. */
const PASSES = 2;

/** What builds a projection again, and says while it does. */
export function rebuilding(
  projection: string,
  types: readonly string[],
  keep: Keep<ProjectedEvent>,
  { tables }: Rebuilt,
): { readonly rebuild: Rebuild; watch(kit: Kit): void } {
  const running = new Map<string, { readonly world: string; events: number }>();

  async function* rebuild(kit: Kit, { worldId: world, fromRetained }: Request, signal: AbortSignal) {
    const building: Building = { projection, world, token: randomUUID() };
    const told = { world, events: 0 };
    running.set(building.token, told);
    try {
      if (!fromRetained) await checkReach(kit, world, types);
      await begin(kit, building);
      let lost = 0;
      for (let pass = 1; pass <= PASSES; pass++) {
        await untilKept(kit, world, kit.hostMs(), signal);
        for await (const { events, atGs } of pages(kit, world, types, signal)) {
          told.events += await asBuilder(kit, building, (db) =>
            tell(kit, db, beside(building), keep, events),
          );
          yield { events: told.events, ...(atGs !== undefined && { atGs }) };
        }
        lost = await swap(kit, building, fromRetained && pass === PASSES);
        if (lost === 0) break;
      }
      if (lost > 0 && !fromRetained)
        throw new OrreryError(serviceErrors.PROJECTION_NOT_REACHED, {
          given: `${lost} events that ${projection} of ${world} has heard are not there`,
        });
      kit.log.info({ projection, world, events: told.events, lost }, "a read model was built again");
      yield { events: told.events, done: true, lost };
    } finally {
      running.delete(building.token);
      await leave(kit, building);
    }
  }

  /** @returns how many events are missing; unless it `may` lose them, nothing is swapped then */
  async function swap(kit: Kit, building: Building, may: boolean): Promise<number> {
    return asBuilder(kit, building, async (db) => {
      const missing = await missingIn(db, inUse(building), beside(building));
      if (missing > 0 && !may) return missing;
      await clear(db, inUse(building).world);
      for (const table of [...tables, MARKS])
        await rows(db, table)
          .updateTable(table)
          .set({ world: building.world })
          .where("world", "=", besideOf(building.world))
          .$if(table === MARKS, (query) => query.where("projection", "=", projection))
          .execute();
      await setBuilding(db, inUse(building), "", 0);
      return missing;
    });
  }

  async function clear(db: Kysely<KitTables>, world: string): Promise<void> {
    for (const table of [...tables, MARKS])
      await rows(db, table)
        .deleteFrom(table)
        .where("world", "=", world)
        .$if(table === MARKS, (query) => query.where("projection", "=", projection))
        .execute();
  }

  async function begin(kit: Kit, building: Building): Promise<void> {
    await exclusively(kit, inUse(building), async (db) => {
      await clear(db, besideOf(building.world));
      await setBuilding(db, inUse(building), building.token, kit.hostMs());
    });
  }

  /** What an attempt leaves, where nobody else has begun another one since. */
  async function leave(kit: Kit, building: Building): Promise<void> {
    await exclusively(kit, inUse(building), async (db, now) => {
      if (now?.token !== building.token) return;
      await clear(db, besideOf(building.world));
      await setBuilding(db, inUse(building), "", 0);
    }).catch((err: unknown) => kit.log.warn({ err, ...building }, "a copy is left that nobody uses"));
  }

  return {
    rebuild,
    watch: (kit) =>
      kit.health.add({
        name: `projection ${projection}`,
        kind: "notice",
        ask() {
          const all = [...running.values()].map(({ world, events }) => `of ${world} (${events} events)`);
          return all.length === 0 ? undefined : `is built again from the journal ${all.join(", ")}`;
        },
      }),
  };
}

const MARKS = "projected_mark";
const inUse = ({ projection, world }: Building) => ({ projection, world });
const beside = ({ projection, world }: Building) => ({ projection, world: besideOf(world) });

/** Tables that the author names. */
const rows = (db: Kysely<KitTables>, _table: string) =>
  db as unknown as Kysely<Record<string, { world: string; projection: string }>>;

/** What the journal has of a world's own events of these types, in order of arrival. */
async function* pages(
  kit: Kit,
  worldId: string,
  types: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<{ readonly events: readonly ProjectedEvent[]; readonly atGs: number | undefined }> {
  const journal = kit.client(JournalService);
  const asked = { worldId, filter: { types: [...types] }, pageSize: PAGE };
  for (let pageToken = ""; ; ) {
    const page = await journal.query({ ...asked, pageToken }, { signal });
    // Those of a world that it was forked from were said there.
    const own = page.events.filter(({ world }) => world === worldId);
    if (own.length > 0)
      yield {
        events: own.map(({ id, contentType, ...event }) =>
          projected(
            { ...event, publisher: id?.publisher ?? "", sequence: id?.sequence ?? 0 },
            contentType as Parameters<typeof projected>[1],
          ),
        ),
        atGs: own.findLast(({ atGs }) => atGs !== undefined)?.atGs,
      };
    if (page.nextPageToken === "") return;
    pageToken = page.nextPageToken;
  }
}
