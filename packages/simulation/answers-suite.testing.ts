import { virtualClock } from "@orrery/bus";
import { HoldState } from "@orrery/schema/time/v1";
import { commitTogether, done, type KitTables, openStore, type Store } from "@orrery/service";
import { sql } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import type { Keep } from "./aggregate.ts";
import { createAnswers, keptUntil } from "./answers.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How every store must keep answers. `url` names a fresh database each time. */
export function answersSuite(name: string, url: () => Promise<string>): void {
  describe(`answers kept for repeats, on ${name}`, () => {
    let store: Store | undefined;
    afterEach(() => store?.close());

    async function open() {
      const clock = virtualClock();
      const opened = (store = await openStore({ service: "keeper", url: await url(), migrations: {} }));
      const db = opened.as<KitTables>();
      const answers = createAnswers({ store: opened, hostMs: () => clock.now() } as never);
      let more = createAnswers({ store: opened, hostMs: () => clock.now() } as never);
      const keep = async (key: string, reply: number, keep?: Keep, digest = "asked") => {
        const until_ms = keptUntil(keep, clock.now());
        const row = { world: "vale", key, digest, reply: new Uint8Array([reply]), until_ms };
        await commitTogether(db, done(...answers.queries([{ codec: HoldState, row }])));
      };
      return {
        clock,
        db,
        keep,
        find: async (key: string, digest = "asked") => (await answers.find("vale", key, digest))?.[0],
        /** As the first commit after a start does. */
        async sweep() {
          more = createAnswers({ store: opened, hostMs: () => clock.now() } as never);
          await commitTogether(db, done(...more.queries([])));
        },
        rows: async () => (await db.selectFrom("answer").select("key").orderBy("key").execute()).length,
      };
    }

    it("are there for a day, for so many days, or for ever, swept or not", async () => {
      const { clock, keep, find, sweep, rows } = await open();
      await keep("a day", 1);
      await keep("a month", 2, { days: 30 });
      await keep("constructor", 3, "forever");
      const found = async () => [await find("a day"), await find("a month"), await find("constructor")];
      await clock.advance(DAY_MS - 1);
      expect(await found()).toEqual([1, 2, 3]);
      await clock.advance(HOUR_MS);
      expect([await found(), await rows()]).toEqual([[undefined, 2, 3], 3]);
      await sweep();
      expect([await found(), await rows()]).toEqual([[undefined, 2, 3], 2]);
      await clock.advance(30 * DAY_MS);
      await sweep();
      expect([await found(), await rows()]).toEqual([[undefined, undefined, 3], 1]);
      await clock.advance(36_500 * DAY_MS);
      await sweep();
      expect(await found()).toEqual([undefined, undefined, 3]);
    });

    it("are refused to another request as long as they are kept, and no longer", async () => {
      const { clock, keep, find } = await open();
      await keep("a day", 1);
      await keep("for ever", 2, "forever");
      await expect(find("a day", "another")).rejects.toThrow(/RPC_IDEMPOTENCY_REUSED/);
      await clock.advance(25 * HOUR_MS);
      expect(await find("a day", "another")).toBeUndefined();
      await expect(find("for ever", "another")).rejects.toThrow(/RPC_IDEMPOTENCY_REUSED/);
    });

    it("make way for the next one of their key when their time is over, though nobody swept", async () => {
      const { clock, keep, find } = await open();
      await keep("a day", 1);
      await clock.advance(25 * HOUR_MS);
      await keep("a day", 2, undefined, "another");
      expect(await find("a day", "another")).toBe(2);
    });

    it("of before there was more than a day are kept a day", async () => {
      const address = await url();
      const earlier = await openStore({ service: "keeper", url: address, migrations: {} });
      await sql`delete from orrery_migration where name like '008%'`.execute(earlier.db);
      await sql`delete from orrery_migration where name like '009%'`.execute(earlier.db);
      for (const table of ["projected", "projected_mark"])
        await sql`drop table ${sql.table(table)}`.execute(earlier.db);
      await sql`drop index answer_until`.execute(earlier.db);
      await sql`alter table answer rename column until_ms to at_ms`.execute(earlier.db);
      await sql`insert into answer (world, key, digest, reply, at_ms) values ('vale', 'k', 'd', ${new Uint8Array(1)}, 5)`.execute(
        earlier.db,
      );
      await earlier.close();
      store = await openStore({ service: "keeper", url: address, migrations: {} });
      const row = await store.as<KitTables>().selectFrom("answer").selectAll().executeTakeFirstOrThrow();
      expect(Number(row.until_ms)).toBe(5 + DAY_MS);
    });
  });
}
