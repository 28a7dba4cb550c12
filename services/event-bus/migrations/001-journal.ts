import type { Migrations } from "@orrery/service";

/** One row a frame, and what finds frames; the events themselves stay in the segments. */
export const journal: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("name")
    .addColumn("id", columns.integer, (c) => c.primaryKey())
    .addColumn("text", "text", (c) => c.notNull().unique())
    .execute();
  await db.schema
    .createTable("frame")
    .addColumn("world", columns.integer, (c) => c.notNull())
    .addColumn("last", columns.number, (c) => c.notNull())
    .addColumn("first", columns.number, (c) => c.notNull())
    .addColumn("skip", columns.integer, (c) => c.notNull())
    .addColumn("publisher", columns.integer, (c) => c.notNull())
    .addColumn("first_seq", columns.number, (c) => c.notNull())
    .addColumn("last_seq", columns.number, (c) => c.notNull())
    .addColumn("source", columns.integer, (c) => c.notNull())
    .addColumn("lane", columns.integer, (c) => c.notNull())
    .addColumn("segment", columns.integer, (c) => c.notNull())
    .addColumn("place", columns.number, (c) => c.notNull())
    .addColumn("bytes", columns.integer, (c) => c.notNull())
    .addColumn("from_ms", columns.number, (c) => c.notNull())
    .addColumn("to_ms", columns.number, (c) => c.notNull())
    .addColumn("from_gs", columns.number)
    .addColumn("to_gs", columns.number)
    .addPrimaryKeyConstraint("frame_pk", ["world", "last"])
    .execute();
  await db.schema
    .createIndex("frame_by_publisher")
    .on("frame")
    .columns(["world", "publisher", "last_seq"])
    .execute();
  /** kind: 1 type, 2 key, 3 entity. */
  await db.schema
    .createTable("mention")
    .addColumn("world", columns.integer, (c) => c.notNull())
    .addColumn("kind", columns.integer, (c) => c.notNull())
    .addColumn("name", columns.integer, (c) => c.notNull())
    .addColumn("frame", columns.number, (c) => c.notNull())
    .addPrimaryKeyConstraint("mention_pk", ["world", "kind", "name", "frame"])
    .execute();
  await db.schema
    .createTable("cause")
    .addColumn("world", columns.integer, (c) => c.notNull())
    .addColumn("publisher", columns.integer, (c) => c.notNull())
    .addColumn("sequence", columns.number, (c) => c.notNull())
    .addColumn("frame", columns.number, (c) => c.notNull())
    .addPrimaryKeyConstraint("cause_pk", ["world", "publisher", "sequence", "frame"])
    .execute();
  await db.schema
    .createTable("stream")
    .addColumn("world", columns.integer, (c) => c.notNull())
    .addColumn("publisher", columns.integer, (c) => c.notNull())
    .addColumn("head", columns.number, (c) => c.notNull())
    .addColumn("gaps", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("stream_pk", ["world", "publisher"])
    .execute();
};
