import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EndpointState } from "@orrery/schema/bus/v1";
import type { Kit } from "@orrery/service";
import type { WebhookTables } from "./tables.ts";

/** Put into the folder by who made it from a snapshot. */
const MARKER = "restored";
const REASON =
  "this is a copy made from a snapshot, and the world it was made of may still send: resume it when not";

/**
 * A copy of a world must not speak to the outside as if it were the world: its endpoints are paused until somebody
 * says that they are its own.
 * @returns how many were paused
 */
export async function pauseRestored({ folder, store }: Pick<Kit, "folder" | "store">): Promise<number> {
  if (folder === undefined || !existsSync(join(folder, MARKER))) return 0;
  const { numUpdatedRows } = await store
    .as<WebhookTables>()
    .updateTable("endpoint")
    .set({ state: EndpointState.PAUSED, reason: REASON })
    .where("state", "=", EndpointState.ACTIVE)
    .executeTakeFirst();
  rmSync(join(folder, MARKER));
  return Number(numUpdatedRows);
}
