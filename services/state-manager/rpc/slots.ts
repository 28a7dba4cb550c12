import { createHash } from "node:crypto";
import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import {
  type CompareSlotsRequest,
  type CompareSlotsResponse,
  type DeleteSlotRequest,
  DeleteSlotRequestSchema,
  type ExportSlotRequest,
  type ExportSlotResponse,
  type ImportSlotRequest,
  ImportSlotRequestSchema,
  type ListSlotsRequest,
  type ListSlotsResponse,
  type LoadSlotRequest,
  LoadSlotRequestSchema,
  type SaveSlotRequest,
  SaveSlotRequestSchema,
} from "@orrery/schema/state/v1";
import { type Call, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { collections } from "../collections/part.ts";
import { stateErrors } from "../errors.ts";
import { objects } from "../objects.ts";
import { compareSlots as compare } from "../slots/compare.ts";
import { importJob } from "../slots/import.ts";
import { loadJob } from "../slots/load.ts";
import { deleteSlotJob } from "../slots/remove.ts";
import { saveJob } from "../slots/save.ts";
import { signer } from "../slots/signer.ts";
import { checkSlotName, mustFindSlot, readSlots, SLOT_FORMAT } from "../slots/slot-store.ts";
import { slotValues } from "../slots/slot-values.ts";
import { syncedNames, syncedObjects } from "../slots/synced.ts";
import type { StateTables } from "../tables.ts";
import { toMessage } from "../value/message.ts";
import { answerOf } from "../write/answer.ts";
import { actorOf } from "../write/actor.ts";

/** Whose slots a call is about. @throws RPC_FIELD_INVALID, STATE_UNKNOWN_COLLECTION */
function about(call: Call, { worldId, playerId }: { worldId: string; playerId: string }) {
  const registry = call.part(collections);
  const player = playerId || (call.caller.role === "player" ? call.caller.id : "");
  if (!player.startsWith("player:"))
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `player_id ${JSON.stringify(player)}` });
  if (!registry.knows(worldId))
    throw new OrreryError(stateErrors.STATE_UNKNOWN_COLLECTION, {
      given: `no world ${JSON.stringify(worldId)}`,
    });
  registry.checkFormed(worldId);
  const owned = call.part(objects);
  return { registry, ground: () => owned.ground, world: worldId, player };
}

function answer<D extends DescMessage>(call: Call, schema: D, request: MessageShape<D>, key: string) {
  return {
    answer: answerOf(call.caller, key, () =>
      createHash("sha256").update(toBinary(schema, request)).digest("base64url"),
    ),
  };
}

export function saveSlot(request: SaveSlotRequest, call: Call) {
  const { name, label, expectedRevision: expected, idempotencyKey } = request;
  checkSlotName(name);
  const own = answer(call, SaveSlotRequestSchema, request, idempotencyKey);
  return call
    .part(objects)
    .submit(saveJob({ ...about(call, request), name, label, expected, ...own }), call.signal);
}

export function loadSlot(request: LoadSlotRequest, call: Call) {
  const { name, expectedRevision: expected, idempotencyKey } = request;
  checkSlotName(name);
  const author = { actor: actorOf(call.caller), requestKey: idempotencyKey, cause: undefined };
  const own = answer(call, LoadSlotRequestSchema, request, idempotencyKey);
  return call
    .part(objects)
    .submit(loadJob({ ...about(call, request), name, expected, author, ...own }), call.signal);
}

export async function listSlots(
  request: ListSlotsRequest,
  call: Call,
): Promise<InitOf<typeof ListSlotsResponse>> {
  const { world, player } = about(call, request);
  return { slots: await readSlots(call.kit.store.as<StateTables>(), world, player) };
}

export function deleteSlot(request: DeleteSlotRequest, call: Call) {
  const { name, idempotencyKey } = request;
  checkSlotName(name);
  const { world, player } = about(call, request);
  const { answer: own } = answer(call, DeleteSlotRequestSchema, request, idempotencyKey);
  return call.part(objects).submit(deleteSlotJob(world, player, name, own), call.signal);
}

export async function compareSlots(
  request: CompareSlotsRequest,
  call: Call,
): Promise<InitOf<typeof CompareSlotsResponse>> {
  const { left, right } = request;
  checkSlotName(left);
  const differences = await compare(call.kit.store.as<StateTables>(), about(call, request), left, right);
  return { differences };
}

export async function exportSlot(
  request: ExportSlotRequest,
  call: Call,
): Promise<InitOf<typeof ExportSlotResponse>> {
  const { registry, ground, world, player } = about(call, request);
  const db = call.kit.store.as<StateTables>();
  const { slot, refs, collections: saved } = await mustFindSlot(db, world, player, request.name);
  const synced = syncedNames(registry, world);
  const present = await syncedObjects(db, registry, ground(), world, player);
  const values = await slotValues(db, refs, present, synced);
  const file = call.part(signer).sign({
    format: SLOT_FORMAT,
    slot,
    collections: synced.filter((name) => saved.has(name)),
    objects: values.map(({ collection, key, version, value }) => ({
      id: { collection, owner: player, key },
      worldId: world,
      version,
      value: toMessage(value),
    })),
  });
  return { file: file as Uint8Array<ArrayBuffer> };
}

export function importSlot(request: ImportSlotRequest, call: Call) {
  const { name, expectedRevision: expected, idempotencyKey } = request;
  checkSlotName(name);
  const file = call.part(signer).open(request.file);
  const own = answer(call, ImportSlotRequestSchema, request, idempotencyKey);
  const terms = { ...about(call, request), name, label: "", expected, ...own };
  const limits = call.part(objects).limits(terms.player);
  return call.part(objects).submit(importJob(terms, file, limits), call.signal);
}
