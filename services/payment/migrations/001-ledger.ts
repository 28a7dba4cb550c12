import type { Migrations } from "@orrery/service";

/** Accounts, what was asked of them, and what moved. */
export const ledger: Migrations[string] = async (db, { columns }) => {
  const { number, integer } = columns;
  await db.schema
    .createTable("world")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("forked", integer, (c) => c.notNull())
    .addColumn("ended", integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("ledger")
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("code", "text", (c) => c.notNull())
    .addColumn("seq", number, (c) => c.notNull())
    .addPrimaryKeyConstraint("ledger_pk", ["world", "code"])
    .execute();
  await db.schema
    .createTable("account")
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("code", "text", (c) => c.notNull())
    .addColumn("balance", number, (c) => c.notNull())
    .addColumn("held", number, (c) => c.notNull())
    .addColumn("holds", integer, (c) => c.notNull())
    .addColumn("status", integer, (c) => c.notNull())
    .addColumn("version", number, (c) => c.notNull())
    .addPrimaryKeyConstraint("account_pk", ["world", "id"])
    .execute();
  await db.schema
    .createTable("entry")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("request_key", "text", (c) => c.notNull().unique())
    .addColumn("digest", "text", (c) => c.notNull())
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("code", "text", (c) => c.notNull())
    .addColumn("seq", number)
    .addColumn("kind", integer, (c) => c.notNull())
    .addColumn("memo", "text", (c) => c.notNull())
    .addColumn("subject", "text", (c) => c.notNull())
    .addColumn("actor", "text", (c) => c.notNull())
    .addColumn("cause_publisher", "text", (c) => c.notNull())
    .addColumn("cause_sequence", number, (c) => c.notNull())
    .addColumn("reverses", "text", (c) => c.notNull())
    .addColumn("reversed", number, (c) => c.notNull())
    .addColumn("hold", "text", (c) => c.notNull())
    .addColumn("at_ms", number, (c) => c.notNull())
    .addColumn("refused", "text", (c) => c.notNull())
    .addColumn("given", "text", (c) => c.notNull())
    .addUniqueConstraint("entry_seq", ["world", "code", "seq"])
    .execute();
  await db.schema
    .createIndex("entry_subject")
    .on("entry")
    .column("subject")
    .where("subject", "!=", "")
    .execute();
  await db.schema
    .createTable("leg")
    .addColumn("entry", "text", (c) => c.notNull())
    .addColumn("position", integer, (c) => c.notNull())
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("account", "text", (c) => c.notNull())
    .addColumn("seq", number, (c) => c.notNull())
    .addColumn("amount", number, (c) => c.notNull())
    .addColumn("balance_after", number, (c) => c.notNull())
    .addPrimaryKeyConstraint("leg_pk", ["entry", "position"])
    .execute();
  await db.schema.createIndex("leg_account").on("leg").columns(["world", "account", "seq"]).execute();
  await db.schema
    .createTable("hold")
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("account", "text", (c) => c.notNull())
    .addColumn("amount", number, (c) => c.notNull())
    .addColumn("captured", number, (c) => c.notNull())
    .addColumn("released", number, (c) => c.notNull())
    .addColumn("status", integer, (c) => c.notNull())
    .addColumn("expires_at", number, (c) => c.notNull())
    .addColumn("memo", "text", (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("hold_active")
    .on("hold")
    .columns(["status", "world", "expires_at"])
    .where("status", "=", 1)
    .execute();
  await db.schema
    .createTable("stream")
    .addColumn("world", "text", (c) => c.primaryKey())
    .addColumn("publisher", "text", (c) => c.notNull())
    .addColumn("next", number, (c) => c.notNull())
    .execute();
};
