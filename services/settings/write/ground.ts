import type { Stream } from "@orrery/simulation";
import {
  Flag,
  Segment,
  type Segment as SegmentMessage,
  StoredValue,
  type Flag as FlagMessage,
  type StoredValue as StoredMessage,
} from "@orrery/schema/settings/v1";
import { flagSetOf, type FlagSet } from "@orrery/flags";
import { create } from "@bufbuild/protobuf";
import { FlagSnapshotSchema } from "@orrery/schema/settings/v1";
import type { Kysely } from "kysely";
import type { SettingsTables } from "../tables.ts";
import { placeName } from "../values/place.ts";

/** What is held in memory whole: all that belongs to no player. Never changed, only replaced. */
export interface Ground {
  /** Of the last change. */
  readonly seq: number;
  /** Values of platform, worlds and tiers, by `placeName`. */
  readonly values: ReadonlyMap<string, StoredMessage>;
  readonly flags: FlagSet;
  readonly segments: ReadonlyMap<string, SegmentMessage>;
  readonly streams: ReadonlyMap<string, Stream>;
}

export async function readGround(db: Kysely<SettingsTables>): Promise<Ground> {
  const last = await db
    .selectFrom("change")
    .select(({ fn }) => fn.max("seq").as("seq"))
    .executeTakeFirst();
  const version = await db
    .selectFrom("flag_change")
    .select(({ fn }) => fn.max("version").as("version"))
    .executeTakeFirst();
  const values = await db.selectFrom("value").selectAll().where("owner", "=", "").execute();
  const flags = await db.selectFrom("flag").selectAll().orderBy("key").execute();
  const segments = await db.selectFrom("flag_segment").selectAll().orderBy("name").execute();
  const streams = await db.selectFrom("stream").selectAll().execute();
  const ownSegments = segments.map(({ body }) => Segment.decode(body));
  return {
    seq: Number(last?.seq ?? 0),
    values: new Map(values.map((row) => [placeName(row), StoredValue.decode(row.body)])),
    flags: flagSetOf(
      create(FlagSnapshotSchema, {
        snapshotVersion: Number(version?.version ?? 0),
        flags: flags.map(({ body }): FlagMessage => Flag.decode(body)),
        segments: ownSegments,
      }),
    ),
    segments: new Map(ownSegments.map((segment) => [segment.name, segment])),
    streams: new Map(streams.map((row) => [row.world, { ...row, next: Number(row.next) }])),
  };
}
