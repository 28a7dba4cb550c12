import { type Generated, sql } from "kysely";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import type { Migrations } from "./migrations.ts";

/** What the kit itself keeps beside a service's own tables. */
export interface KitTables {
  /** Frames that are committed but not yet acknowledged by the bus, oldest first. */
  outbox: { id: number; frame: Uint8Array };
  /** One row a (part, world): where its single writer stands. */
  shard: {
    part: string;
    world: string;
    /** simulation.v1.Progress: marks of what came in, sequences of what went out. */
    progress: Uint8Array;
    intake_seq: number;
    /** simulation.v1.Progress before its first input; empty: it begins with its cut. */
    began: Uint8Array;
    /** simulation.v1.Told: where the journal stands with its checkpoints. */
    told: Uint8Array;
  };
  /** The last cut of a shard: its state after the commit `seq`, as the segments that hold it. */
  cut: {
    part: string;
    world: string;
    seq: number;
    /** simulation.v1.Progress then. */
    progress: Uint8Array;
    /** simulation.v1.Manifest. */
    manifest: Uint8Array;
    code_version: string;
  };
  /** simulation.v1.Segment: pages of a state that were written together, and do not change. */
  segment: { part: string; world: string; id: number; bytes: Uint8Array };
  /** A segment that another world wrote and this one, a fork of it, uses. */
  segment_use: { part: string; world: string; writer: string; id: number };
  /** simulation.v1.IntakeBatch rows since the last cut: state = cut + these, handled again. */
  intake: { part: string; world: string; seq: number; batch: Uint8Array };
  /** Events that a part gave up and has not taken since; a letter of each is at the broker. */
  given_up: {
    part: string;
    world: string;
    publisher: string;
    sequence: number;
    /** How often it had been redriven. */
    generation: number;
    reason: string;
    code: string;
    message: string;
  };
  /** Answers to calls with an idempotency key, each kept until a moment, Unix ms. */
  answer: { world: string; key: string; digest: string; reply: Uint8Array; until_ms: number };
  /** A row a (projection, world) that serializes who writes it; `token`: of who builds a copy beside, and when it was heard last. */
  projected: { projection: string; world: string; turn: number; token: string; heard_ms: number };
  /** What a copy of a projection has heard: a bit a sequence, 8,192 a row. */
  projected_mark: { projection: string; world: string; publisher: string; chunk: number; bits: Uint8Array };
  /** The one writer of a shard; taken over when it runs out. */
  lease: { name: string; owner: string; until_ms: number };
  /** Frames of worlds that cannot take them in yet, in the order in which they came. */
  set_aside: {
    id: Generated<number>;
    part: string;
    world: string;
    /** Publisher and first sequence: a frame that comes twice is kept once. */
    name: string;
    frame: Uint8Array;
    /** Why what it holds was refused for good; empty: it waits. */
    refused: string;
  };
  /** What the platform said last of each type and key: worlds that begin later are told. */
  platform_said: {
    part: string;
    type: string;
    key: string;
    publisher: string;
    sequence: number;
    time_ms: number;
    /** simulation.v1.TakenEvent. */
    event: Uint8Array;
  };
  /** world.v1.PackPart by its section's digest: what worlds are made of, however many have it. */
  pack_part: { digest: string; at: number; parts: number; bytes: Uint8Array };
  /** How many shards an aggregate has of a world, where it may have several; fixed when the world was made. */
  world_shards: { aggregate: string; world: string; shards: number };
  /** Worlds that came to their end here: what is still said in them is passed over. */
  ended_world: { part: string; world: string };
}

export const kitMigrations: Migrations = {
  "001-kit": async (db, { columns, dialect }) => {
    await db.schema
      .createTable("outbox")
      .addColumn("id", dialect === "sqlite" ? "integer" : "bigserial", (c) => c.primaryKey())
      .addColumn("frame", columns.bytes, (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("shard")
      .addColumn("part", "text", (c) => c.notNull())
      .addColumn("world", "text", (c) => c.notNull())
      .addColumn("progress", columns.bytes, (c) => c.notNull())
      .addColumn("intake_seq", columns.number, (c) => c.notNull())
      .addPrimaryKeyConstraint("shard_pk", ["part", "world"])
      .execute();
    await db.schema
      .createTable("shard_state")
      .addColumn("part", "text", (c) => c.notNull())
      .addColumn("world", "text", (c) => c.notNull())
      .addColumn("seq", columns.number, (c) => c.notNull())
      .addColumn("state", columns.bytes, (c) => c.notNull())
      .addColumn("code_version", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("shard_state_pk", ["part", "world"])
      .execute();
    await db.schema
      .createTable("intake")
      .addColumn("part", "text", (c) => c.notNull())
      .addColumn("world", "text", (c) => c.notNull())
      .addColumn("seq", columns.number, (c) => c.notNull())
      .addColumn("batch", columns.bytes, (c) => c.notNull())
      .addPrimaryKeyConstraint("intake_pk", ["part", "world", "seq"])
      .execute();
    await db.schema
      .createTable("answer")
      .addColumn("world", "text", (c) => c.notNull())
      .addColumn("key", "text", (c) => c.notNull())
      .addColumn("digest", "text", (c) => c.notNull())
      .addColumn("reply", columns.bytes, (c) => c.notNull())
      .addColumn("at_ms", columns.number, (c) => c.notNull())
      .addPrimaryKeyConstraint("answer_pk", ["world", "key"])
      .execute();
    await db.schema
      .createTable("lease")
      .addColumn("name", "text", (c) => c.primaryKey())
      .addColumn("owner", "text", (c) => c.notNull())
      .addColumn("until_ms", columns.number, (c) => c.notNull())
      .execute();
  },
  "002-worlds": async (db, { columns, dialect }) => {
    await db.schema
      .createTable("set_aside")
      .addColumn("id", dialect === "sqlite" ? "integer" : "bigserial", (c) => c.primaryKey())
      .addColumn("part", "text", (c) => c.notNull())
      .addColumn("world", "text", (c) => c.notNull())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("frame", columns.bytes, (c) => c.notNull())
      .addColumn("refused", "text", (c) => c.notNull().defaultTo(""))
      .addUniqueConstraint("set_aside_once", ["part", "world", "name"])
      .execute();
    await db.schema
      .createTable("ended_world")
      .addColumn("part", "text", (c) => c.notNull())
      .addColumn("world", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("ended_world_pk", ["part", "world"])
      .execute();
  },
  "003-given-up": async (db, { columns }) => {
    await db.schema
      .createTable("given_up")
      .addColumn("part", "text", (c) => c.notNull())
      .addColumn("world", "text", (c) => c.notNull())
      .addColumn("publisher", "text", (c) => c.notNull())
      .addColumn("sequence", columns.number, (c) => c.notNull())
      .addColumn("generation", columns.number, (c) => c.notNull())
      .addColumn("reason", "text", (c) => c.notNull())
      .addColumn("code", "text", (c) => c.notNull())
      .addColumn("message", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("given_up_pk", ["part", "world", "publisher", "sequence"])
      .execute();
  },
  "004-snapshot-progress": async (db, { columns, dialect }) => {
    const empty = dialect === "sqlite" ? sql`x''` : sql`''::bytea`;
    await db.schema
      .alterTable("shard_state")
      .addColumn("progress", columns.bytes, (c) => c.notNull().defaultTo(empty))
      .execute();
    // The nearest that is known of older snapshots; the next one has its own.
    const now = sql`(select shard.progress from shard where shard.part = shard_state.part and shard.world = shard_state.world)`;
    await sql`update shard_state set progress = coalesce(${now}, ${empty})`.execute(db);
  },
  "005-segments": async (db, { columns, dialect }) => {
    const whole = await db.selectFrom("shard_state").select("world").limit(1).execute();
    // A state was one piece then, which this code does not read: to go on without it would lose it without a word.
    if (whole.length > 0) throw new OrreryError(serviceErrors.STORE_STATES_EARLIER);
    await db.schema.dropTable("shard_state").execute();
    const empty = dialect === "sqlite" ? sql`x''` : sql`''::bytea`;
    for (const column of ["began", "told"])
      await db.schema
        .alterTable("shard")
        .addColumn(column, columns.bytes, (c) => c.notNull().defaultTo(empty))
        .execute();
    await db.schema
      .createTable("cut")
      .addColumn("part", "text", (c) => c.notNull())
      .addColumn("world", "text", (c) => c.notNull())
      .addColumn("seq", columns.number, (c) => c.notNull())
      .addColumn("progress", columns.bytes, (c) => c.notNull())
      .addColumn("manifest", columns.bytes, (c) => c.notNull())
      .addColumn("code_version", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("cut_pk", ["part", "world"])
      .execute();
    await db.schema
      .createTable("segment")
      .addColumn("part", "text", (c) => c.notNull())
      .addColumn("world", "text", (c) => c.notNull())
      .addColumn("id", columns.number, (c) => c.notNull())
      .addColumn("bytes", columns.bytes, (c) => c.notNull())
      .addPrimaryKeyConstraint("segment_pk", ["part", "world", "id"])
      .execute();
    await db.schema
      .createTable("segment_use")
      .addColumn("part", "text", (c) => c.notNull())
      .addColumn("world", "text", (c) => c.notNull())
      .addColumn("writer", "text", (c) => c.notNull())
      .addColumn("id", columns.number, (c) => c.notNull())
      .addPrimaryKeyConstraint("segment_use_pk", ["part", "writer", "id", "world"])
      .execute();
    await db.schema.createIndex("segment_use_world").on("segment_use").columns(["part", "world"]).execute();
  },
  "006-platform-said": async (db, { columns }) => {
    await db.schema
      .createTable("platform_said")
      .addColumn("part", "text", (c) => c.notNull())
      .addColumn("type", "text", (c) => c.notNull())
      .addColumn("key", "text", (c) => c.notNull())
      .addColumn("publisher", "text", (c) => c.notNull())
      .addColumn("sequence", columns.number, (c) => c.notNull())
      .addColumn("time_ms", columns.number, (c) => c.notNull())
      .addColumn("event", columns.bytes, (c) => c.notNull())
      .addPrimaryKeyConstraint("platform_said_pk", ["part", "type", "key"])
      .execute();
  },
  "007-shards": async (db, { columns }) => {
    const unnamed = await db
      .selectFrom("shard")
      .select("world")
      .where("part", "not like", "%/%")
      .limit(1)
      .execute();
    // Streams and journal of these do not name the shard either: to go on with them would tear their past in two.
    if (unnamed.length > 0) throw new OrreryError(serviceErrors.STORE_STATES_EARLIER);
    await db.schema
      .createTable("world_shards")
      .addColumn("aggregate", "text", (c) => c.notNull())
      .addColumn("world", "text", (c) => c.notNull())
      .addColumn("shards", columns.number, (c) => c.notNull())
      .addPrimaryKeyConstraint("world_shards_pk", ["aggregate", "world"])
      .execute();
  },
  "008-answers-until": async (db, { columns }) => {
    await db.schema
      .alterTable("answer")
      .addColumn("until_ms", columns.number, (c) => c.notNull().defaultTo(0))
      .execute();
    // Each was kept a day until now.
    await sql`update answer set until_ms = at_ms + 86400000`.execute(db);
    await db.schema.alterTable("answer").dropColumn("at_ms").execute();
    // Some stay for ever: whoever forgets the others must not walk past these each time.
    await db.schema.createIndex("answer_until").on("answer").column("until_ms").execute();
  },
  "009-projected": async (db, { columns }) => {
    await db.schema
      .createTable("projected")
      .addColumn("projection", "text", (c) => c.notNull())
      .addColumn("world", "text", (c) => c.notNull())
      .addColumn("turn", columns.number, (c) => c.notNull())
      .addColumn("token", "text", (c) => c.notNull())
      .addColumn("heard_ms", columns.number, (c) => c.notNull())
      .addPrimaryKeyConstraint("projected_pk", ["projection", "world"])
      .execute();
    await db.schema
      .createTable("projected_mark")
      .addColumn("projection", "text", (c) => c.notNull())
      .addColumn("world", "text", (c) => c.notNull())
      .addColumn("publisher", "text", (c) => c.notNull())
      .addColumn("chunk", columns.number, (c) => c.notNull())
      .addColumn("bits", columns.bytes, (c) => c.notNull())
      .addPrimaryKeyConstraint("projected_mark_pk", ["projection", "world", "publisher", "chunk"])
      .execute();
  },
  "010-pack-parts": async (db, { columns }) => {
    await db.schema
      .createTable("pack_part")
      .addColumn("digest", "text", (c) => c.notNull())
      .addColumn("at", columns.number, (c) => c.notNull())
      .addColumn("parts", columns.number, (c) => c.notNull())
      .addColumn("bytes", columns.bytes, (c) => c.notNull())
      .addPrimaryKeyConstraint("pack_part_pk", ["digest", "at"])
      .execute();
  },
  "011-ids-once": async (db, { columns, dialect }) => {
    // PostgreSQL gives no id twice. SQLite gives that of the last row that was deleted to the next one, unless it is told not to:
    // whoever forgets by id what was sent would forget what is not sent yet.
    if (dialect !== "sqlite") return;
    await sql`alter table outbox rename to outbox_before`.execute(db);
    await db.schema
      .createTable("outbox")
      .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("frame", columns.bytes, (c) => c.notNull())
      .execute();
    await sql`insert into outbox (id, frame) select id, frame from outbox_before order by id`.execute(db);
    await db.schema.dropTable("outbox_before").execute();
    await sql`alter table set_aside rename to set_aside_before`.execute(db);
    await db.schema
      .createTable("set_aside")
      .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("part", "text", (c) => c.notNull())
      .addColumn("world", "text", (c) => c.notNull())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("frame", columns.bytes, (c) => c.notNull())
      .addColumn("refused", "text", (c) => c.notNull().defaultTo(""))
      .addUniqueConstraint("set_aside_once", ["part", "world", "name"])
      .execute();
    await sql`insert into set_aside (id, part, world, name, frame, refused) select id, part, world, name, frame, refused from set_aside_before order by id`.execute(
      db,
    );
    await db.schema.dropTable("set_aside_before").execute();
  },
};
