import type { GetWorldRecordRequest, WorldRecordInit } from "@orrery/schema/world/v1";
import type { Call } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../errors.ts";
import { record, shownRecord } from "./record.ts";

/** @throws WORLD_NO_RECORD */
export async function getWorldRecord(
  { worldId }: GetWorldRecordRequest,
  call: Call,
): Promise<WorldRecordInit> {
  const row = await call.part(record).get(worldId);
  if (row === undefined)
    throw new OrreryError(worldStateErrors.WORLD_NO_RECORD, { given: worldId.slice(0, 80) });
  return shownRecord(row);
}
