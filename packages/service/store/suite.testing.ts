import { describe, expect, it } from "vitest";
import { createOutbox } from "./outbox.ts";
import type { Migrations } from "./migrations.ts";
import { openStore, type Store } from "./store.ts";
import type { KitTables } from "./kit-tables.ts";
import { systemClock } from "@orrery/bus";
import type { SqliteRunner } from "./sqlite-runner.ts";
import { type Asked, commitTogether, done, together } from "./together.ts";

/** What every store must do, whichever database is behind it. `url` names a fresh database each time. */
export function storeSuite(name: string, url: () => Promise<string>, sqlite?: SqliteRunner): void {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const open = async (address: string, steps: readonly string[] = []): Promise<Store> =>
    openStore({
      service: "under-test",
      url: address,
      sqlite,
      migrations: Object.fromEntries(
        steps.map((step) => [
          step,
          async (db) =>
            void (await db.schema
              .createTable(`t_${step.slice(0, 3)}`)
              .addColumn("id", "integer")
              .execute()),
        ]),
      ),
    });

  describe(`a store on ${name}`, () => {
    it("runs each migration once, also when it is opened again", async () => {
      const address = await url();
      const first = await open(address, ["001-a"]);
      await first.close();
      const second = await open(address, ["001-a", "002-b"]);
      const rows = await second
        .as<{ orrery_migration: { owner: string; name: string } }>()
        .selectFrom("orrery_migration")
        .select("name")
        .where("owner", "=", "service")
        .execute();
      expect(rows.map((row) => row.name).sort()).toEqual(["001-a", "002-b"]);
      await second.close();
    });

    it("refuses a database that other code has migrated", async () => {
      const address = await url();
      await (await open(address, ["001-a", "002-b"])).close();
      await expect(open(address, ["001-a"])).rejects.toThrow(/STORE_MIGRATION_CHANGED.*002-b/);
    });

    it("refuses a step that was edited since it was run, and changes nothing; not one that is only written otherwise", async () => {
      const address = await url();
      const step = (column: string, isNamed = false): Migrations => {
        const own: Migrations[string] = async (db, { columns }) => {
          const table = db.schema.createTable("own").addColumn(column, columns.number);
          await table.execute();
          // Of rows that a database of before may hold.
          for (const row of await db.selectFrom("outbox").select("id").execute())
            await db.deleteFrom("outbox").where("id", "=", row.id).execute();
        };
        return { "001-own": isNamed ? async (...given) => own(...given) : own };
      };
      const opened = (migrations: Migrations) =>
        openStore({ service: "suite", url: address, migrations, sqlite });
      await (await opened(step("n"))).close();
      await (await opened(step("n", true))).close();
      for (let round = 0; round < 2; round++)
        await expect(opened(step("m"))).rejects.toThrow(/STORE_MIGRATION_CHANGED.*step 001-own is another/);
      await (await opened(step("n"))).close();
    });

    it("names the step that did not go through, and leaves nothing of it", async () => {
      const address = await url();
      const clash: Migrations = {
        "001-own": async (db) => {
          await db.schema.createTable("own").addColumn("n", "integer").execute();
          await db.schema.createTable("outbox").addColumn("n", "integer").execute();
        },
      };
      await expect(openStore({ service: "suite", url: address, migrations: clash, sqlite })).rejects.toThrow(
        /STORE_MIGRATION_FAILED.*001-own/,
      );
      const mended: Migrations = {
        "001-own": async (db) => {
          await db.schema.createTable("own").addColumn("n", "integer").execute();
        },
      };
      await (await openStore({ service: "suite", url: address, migrations: mended, sqlite })).close();
    });

    it("keeps bytes and large numbers exactly", async () => {
      const store = await open(await url());
      const db = store.as<KitTables>();
      const reply = new Uint8Array([0, 255, 1, 128]);
      await db
        .insertInto("answer")
        .values({ world: "w", key: "k", digest: "d", reply, until_ms: 2 ** 53 - 1 })
        .execute();
      const row = await db.selectFrom("answer").selectAll().executeTakeFirstOrThrow();
      expect([...row.reply]).toEqual([...reply]);
      expect(Number(row.until_ms)).toBe(2 ** 53 - 1);
      await store.close();
    });

    it("leaves nothing of a transaction that fails", async () => {
      const store = await open(await url());
      const db = store.as<KitTables>();
      await expect(
        db.transaction().execute(async (tx) => {
          await tx.insertInto("lease").values({ name: "n", owner: "o", until_ms: 1 }).execute();
          throw new Error("no");
        }),
      ).rejects.toThrow("no");
      expect(await db.selectFrom("lease").selectAll().execute()).toEqual([]);
      await store.close();
    });

    it("answers what is asked together in order, and leaves nothing of it where one part fails", async () => {
      const store = await open(await url());
      const db = store.as<KitTables>();
      const put = (name: string) =>
        db.insertInto("lease").values({ name, owner: "o", until_ms: 1 }).compile();
      const owners: Asked<string[]> = {
        queries: [db.selectFrom("lease").select("name").orderBy("name").compile()],
        read: ([found]) => (found?.rows ?? []).map(({ name }: { name: string }) => name),
      };
      const [none, , two] = await db
        .transaction()
        .execute((tx) => together(tx, owners, done(put("a"), put("b")), owners));
      expect([none, two]).toEqual([[], ["a", "b"]]);
      const clash = db
        .transaction()
        .execute((tx) => together(tx, done(put("c"), put("a"), put("d")), owners));
      await expect(clash).rejects.toThrow(/unique/i);
      expect(await together(db, owners)).toEqual([["a", "b"]]);
      await db.transaction().execute(async () => {});
      await expect(
        db.transaction().execute(async () => {
          throw new Error("before anything");
        }),
      ).rejects.toThrow("before anything");
      await store.close();
    });

    it("commits at once what is known beforehand, and undoes it where what must hold does not", async () => {
      const store = await open(await url());
      const db = store.as<KitTables>();
      const put = (name: string) =>
        done(db.insertInto("lease").values({ name, owner: "o", until_ms: 1 }).compile());
      const heldBy = (owner: string): Asked<string> => ({
        queries: [db.selectFrom("lease").select("owner").where("name", "=", "a").compile()],
        must: { owner },
        read([found]) {
          const holder = found?.rows[0]?.owner as string | undefined;
          if (holder !== owner) throw new Error(`held by ${holder}`);
          return holder;
        },
      });
      const names = async () =>
        (await db.selectFrom("lease").select("name").orderBy("name").execute()).map((row) => row.name);
      await expect(commitTogether(db, heldBy("o"), put("a"))).rejects.toThrow("held by undefined");
      expect(await names()).toEqual([]);
      expect(await commitTogether(db, put("a"), heldBy("o"), put("b"))).toEqual([undefined, "o", undefined]);
      await expect(commitTogether(db, put("c"), heldBy("p"), put("d"))).rejects.toThrow("held by o");
      await expect(commitTogether(db, put("c"), heldBy("o"), put("b"))).rejects.toThrow(/unique/i);
      expect(await names()).toEqual(["a", "b"]);
      await store.close();
    });

    it("lets nothing of others into a transaction, and nothing of it out before its end", async () => {
      const store = await open(await url());
      const db = store.as<KitTables>();
      const put = (on: typeof db, name: string) =>
        on.insertInto("lease").values({ name, owner: "o", until_ms: 1 }).execute();
      const begun = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      const transaction = db.transaction().execute(async (tx) => {
        await put(tx, "a");
        begun.resolve();
        await goOn.promise;
        throw new Error("undone");
      });
      await begun.promise;
      const others = [put(db, "b"), db.transaction().execute((tx) => put(tx, "c"))];
      goOn.resolve();
      await expect(transaction).rejects.toThrow("undone");
      await Promise.all(others);
      const rows = await db.selectFrom("lease").select("name").orderBy("name").execute();
      expect(rows).toEqual([{ name: "b" }, { name: "c" }]);
      await store.close();
    });

    it("sends again what an earlier process had committed and not sent, in order", async () => {
      const address = await url();
      const before = await open(address);
      const unsent = createOutbox(before, () => new Promise(() => {}), systemClock);
      await before
        .as<KitTables>()
        .transaction()
        .execute((tx) => unsent.put(tx, [bytes("one"), bytes("two")]));
      await before.close();
      const after = await open(address);
      const sent: string[] = [];
      const outbox = createOutbox(
        after,
        async (frame) => void sent.push(new TextDecoder().decode(frame)),
        systemClock,
      );
      expect(await outbox.resume()).toBe(2);
      expect(sent).toEqual(["one", "two"]);
      expect(await outbox.resume()).toBe(0);
      await after.close();
    });
  });
}
