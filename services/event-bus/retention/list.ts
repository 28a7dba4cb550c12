import { type ListRetentionRequest, RetentionRuleSchema } from "@orrery/schema/bus/v1";
import { Lane } from "@orrery/schema/orrery";
import type { Call } from "@orrery/service";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Lane as LaneName, Retention } from "@orrery/wire";
import { journal } from "../journal/part.ts";
import type { JournalTables } from "../journal/tables.ts";
import { keeping } from "./part.ts";

const LANES: Readonly<Record<LaneName, Lane>> = {
  realtime: Lane.REALTIME,
  standard: Lane.STANDARD,
  bulk: Lane.BULK,
};

/** What holds: of every type, and of each world whatever the types say. */
export async function listRetention({ worldId }: ListRetentionRequest, call: Call) {
  const { rules, hold } = call.part(keeping);
  const rows = await call.kit.store
    .as<JournalTables>()
    .selectFrom("frame")
    .select("world")
    .distinct()
    .execute();
  const worlds = rows.map(({ world }) => call.part(journal).names.text(world)).sort();
  const wanted = worlds.filter((world) => worldId === "" || world === worldId);
  return {
    rules: rules.list().map(({ type, lane, retention, isSet }) => ({
      type,
      lane: LANES[lane],
      kept: keptOf(retention),
      bySetting: isSet,
    })),
    holds: await Promise.all(
      wanted.map(async (world) => {
        const { ordinal, holder, reachedGs, nowGs } = await hold(world);
        return {
          worldId: world,
          fromOrdinal: ordinal,
          holder,
          hasClock: nowGs !== undefined,
          ...(nowGs !== undefined && reachedGs !== undefined && { reachedGs }),
        };
      }),
    ),
  };
}

function keptOf(retention: Retention): MessageInitShape<typeof RetentionRuleSchema>["kept"] {
  switch (retention.kind) {
    case "forever":
      return { case: "forever", value: true };
    case "days":
      return { case: "days", value: retention.days };
    case "game_days":
      return { case: "gameDays", value: retention.days };
    case "latest":
      return { case: "latest", value: retention.count };
  }
}
