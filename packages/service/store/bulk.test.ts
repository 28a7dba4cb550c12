import { expect, it } from "vitest";
import { type BulkTable, rowsFor, writeRows } from "./bulk.ts";
import { openStore } from "./store.ts";

type Row = Readonly<Record<string, string>>;

it("two services of a process may have tables of one name and of different columns", async () => {
  const tables: readonly (BulkTable<Row> & { readonly columns: Readonly<Record<string, "text">> })[] = [
    { name: "entry", columns: { id: "text", amount: "text" }, key: ["id"], update: ["amount"] },
    { name: "entry", columns: { word: "text" }, key: ["word"], update: [] },
  ];
  for (const table of tables) {
    const names = Object.keys(table.columns);
    const store = await openStore({
      service: "tried",
      url: ":memory:",
      migrations: {
        async "001-entry"(db) {
          let made = db.schema.createTable("entry");
          for (const name of names) made = made.addColumn(name, "text");
          await made.addUniqueConstraint("entry_key", [...table.key] as never).execute();
        },
      },
    });
    const row = Object.fromEntries(names.map((name) => [name, "x"]));
    for (let again = 0; again < 2; again++) await writeRows(store.as(), "sqlite", [rowsFor(table, [row])]);
    expect(await store.as<{ entry: Row }>().selectFrom("entry").selectAll().execute()).toEqual([row]);
    await store.close();
  }
});
