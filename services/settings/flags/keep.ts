import { create } from "@bufbuild/protobuf";
import { Flag, FlagChanged, FlagChangedSchema, Segment } from "@orrery/schema/settings/v1";
import { applied } from "@orrery/flags";
import { encodeBytes, PLATFORM } from "@orrery/wire";
import type { Turn } from "../write/turn.ts";

/** Changes since then are kept for who was away. */
export const DELTAS_MOST = 1_000;

/** Writes a flag as the next version of the set, and tells of it. */
export function keepFlag(turn: Turn, flag: Flag, emergency = false): void {
  const { key, revision, archived } = flag;
  tell(turn, { flagKey: key, revision, definition: flag, archived, emergency });
  const body = encodeBytes(Flag, flag);
  turn.write(
    turn.db
      .insertInto("flag")
      .values({ key, body })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ body })),
  );
}

export function keepSegment(turn: Turn, segment: Segment): void {
  const { name, revision } = segment;
  tell(turn, { flagKey: `segment/${name}`, revision, segment, archived: false, emergency: false });
  const body = encodeBytes(Segment, segment);
  turn.write(
    turn.db
      .insertInto("flag_segment")
      .values({ name, body })
      .onConflict((conflict) => conflict.column("name").doUpdateSet({ body })),
  );
  turn.ground = { ...turn.ground, segments: new Map(turn.ground.segments).set(name, segment) };
}

type Told = Pick<FlagChanged, "flagKey" | "revision" | "archived" | "emergency"> &
  Partial<Pick<FlagChanged, "definition" | "segment">>;

function tell(turn: Turn, told: Told): void {
  const version = turn.ground.flags.version + 1;
  const change = create(FlagChangedSchema, { ...told, snapshotVersion: version });
  const flags = applied(turn.ground.flags, change);
  if (flags === undefined) throw new Error("a version of the flags is missing");
  turn.ground = { ...turn.ground, flags };
  const body = encodeBytes(FlagChanged, change);
  turn.write(turn.db.insertInto("flag_change").values({ version, body }));
  // The last version stays, whatever is forgotten: it is where counting goes on.
  turn.write(turn.db.deleteFrom("flag_change").where("version", "<=", version - DELTAS_MOST - 1));
  turn.emit(PLATFORM, FlagChanged, change, told.flagKey);
}
