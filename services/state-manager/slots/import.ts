import { create } from "@bufbuild/protobuf";
import {
  ImportSlotResponse,
  type Slot,
  type SlotFile,
  type SlotFileObject,
  SlotFileObjectSchema,
  SlotSchema,
} from "@orrery/schema/state/v1";
import { OrreryError, PLATFORM } from "@orrery/wire";
import { stateErrors } from "../errors.ts";
import { encodeValue, fromMessage } from "../value/message.ts";
import type { Draft } from "../write/draft.ts";
import type { Job } from "../write/job.ts";
import { type QuotaLimits } from "../write/quota.ts";
import { slotDigest } from "./digest.ts";
import type { SaveTerms } from "./save.ts";
import { checkRevision, findSlot, readSlots, SLOTS_MOST, writeSlot } from "./slot-store.ts";

/** Makes a slot of a file whose signature holds; its objects become the importing player's. */
export function importJob(
  terms: SaveTerms,
  file: SlotFile,
  limits: QuotaLimits,
): Job<typeof ImportSlotResponse> {
  const { registry, world, player, name, expected } = terms;
  const objects = file.objects.map((object) => imported(terms, object));
  let before: Slot | undefined;
  let slots = 0;
  let slot: Slot | undefined;

  function apply({ nowMs }: Draft) {
    checkRevision(before, expected);
    const bytes = objects.reduce((sum, own) => sum + own.bytes.length, 0);
    if (before === undefined && slots >= SLOTS_MOST)
      throw new OrreryError(stateErrors.STATE_SLOT_QUOTA, { given: `${player} in ${world}` });
    if (bytes > limits.bytes || objects.length > limits.objects)
      throw new OrreryError(stateErrors.STATE_QUOTA, {
        given: `${objects.length} objects of ${bytes} bytes`,
      });
    slot = create(SlotSchema, {
      playerId: player,
      worldId: world,
      name,
      label: terms.label || file.slot?.label || "",
      revision: (before?.revision ?? 0) + 1,
      objects: objects.length,
      bytes,
      digest: slotDigest(objects),
      parent: `import@${file.slot?.revision ?? 0}`,
      createdMs: nowMs,
    });
    return { slot };
  }

  return {
    owner: player,
    yields: false,
    needs: { refs: [] },
    ...terms.answer,
    reply: ImportSlotResponse,
    async prepare(tx) {
      for (const { collection } of objects) registry.get(world, collection);
      before = (await findSlot(tx, world, player, name))?.slot;
      slots = (await readSlots(tx, world, player)).length;
    },
    apply,
    also: (tx) =>
      writeSlot(
        tx,
        slot as Slot,
        objects.map(({ ref }) => ref),
        file.collections,
        [],
      ),
  };
}

/** @throws STATE_SCHEMA, STATE_TOO_LARGE, STATE_UNKNOWN_COLLECTION */
function imported({ registry, world, player }: SaveTerms, { id, version, value: message }: SlotFileObject) {
  const { collection: name = "", key = "" } = id ?? {};
  const collection = registry.get(world, name);
  if (!collection.synced || message === undefined)
    throw new OrreryError(stateErrors.STATE_SCHEMA, { given: `${name}/${key}: no object that slots save` });
  const value = fromMessage(message);
  collection.check(value);
  const bytes = encodeValue(value);
  if (bytes.length > collection.maxBytes)
    throw new OrreryError(stateErrors.STATE_TOO_LARGE, { given: `${name}/${key}: ${bytes.length} bytes` });
  const home = collection.scope === "platform" ? PLATFORM : world;
  const ref = create(SlotFileObjectSchema, {
    id: { collection: name, owner: player, key },
    worldId: home,
    version,
    value: message,
  });
  return { ref, collection: name, key, bytes };
}
