import { randomUUID } from "node:crypto";
import type { PinRequest } from "@orrery/schema/bus/v1";
import { type Call, callerName, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import { journal } from "../journal/part.ts";
import type { JournalTables, PinRow } from "../journal/tables.ts";

const told = ({ pin_id, world, from_ordinal, to_ordinal, note, actor, at_ms }: PinRow) => ({
  pinId: pin_id,
  worldId: world,
  from: from_ordinal,
  to: to_ordinal,
  note,
  actor,
  madeMs: at_ms,
});

/** @throws RPC_FIELD_INVALID */
export async function pin({ worldId, from, to, note }: PinRequest, call: Call) {
  const newest = call.part(journal).keeper.newest(worldId);
  if (!(from >= 1 && to >= from && to <= newest))
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `from ${from} to ${to}; the journal of ${worldId} reaches from 1 to ${newest}`,
    });
  const row: PinRow = {
    pin_id: `pin-${randomUUID()}`,
    world: worldId,
    from_ordinal: Math.floor(from),
    to_ordinal: Math.floor(to),
    note,
    actor: callerName(call.caller),
    at_ms: call.kit.clock.now(),
  };
  await call.kit.store.as<JournalTables>().insertInto("pin").values(row).execute();
  return { pin: told(row) };
}

/** @throws BUS_PIN_UNKNOWN */
export async function unpin(pinId: string, call: Call) {
  const { numDeletedRows } = await call.kit.store
    .as<JournalTables>()
    .deleteFrom("pin")
    .where("pin_id", "=", pinId)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new OrreryError(journalErrors.BUS_PIN_UNKNOWN, { given: pinId });
  return {};
}

export async function listPins(call: Call) {
  const rows = await call.kit.store.as<JournalTables>().selectFrom("pin").selectAll().execute();
  return { pins: rows.map(told) };
}
