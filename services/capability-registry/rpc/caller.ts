import { type Call, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { capabilityErrors } from "../errors.ts";

/** What every service is given makes calls under this name, for all services of its process. */
const KIT = "kit";

/** Whether a caller may speak for a service. @throws CAPABILITY_NOT_YOURS */
export function checkSpeaksFor({ caller }: Call, serviceId: string): void {
  if (caller.role === "admin" || caller.id === KIT || caller.id === serviceId) return;
  throw new OrreryError(capabilityErrors.CAPABILITY_NOT_YOURS, {
    given: `${caller.id} speaks for ${serviceId}`,
  });
}

/** @throws RPC_FIELD_INVALID */
export function checkCount(name: string, count: number, most: number, least = 1): void {
  if (count < least || count > most)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `${name}: ${count}, from ${least} to ${most}`,
    });
}

/** @throws RPC_FIELD_INVALID */
export function checkSource(sourceId: string): void {
  if (sourceId === "" || sourceId.length > 64)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: "source_id has 1 to 64 characters" });
}
