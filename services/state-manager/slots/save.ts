import { create } from "@bufbuild/protobuf";
import { SaveSlotResponse, type Slot, SlotFileObjectSchema, SlotSchema } from "@orrery/schema/state/v1";
import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import type { Registry } from "../collections/registry.ts";
import { stateErrors } from "../errors.ts";
import type { StateTables } from "../tables.ts";
import type { Ground } from "../write/ground.ts";
import type { Held } from "../write/held.ts";
import type { Job } from "../write/job.ts";
import { slotDigest } from "./digest.ts";
import { checkRevision, findSlot, loadedSlot, readSlots, SLOTS_MOST, writeSlot } from "./slot-store.ts";
import { syncedNames, syncedObjects } from "./synced.ts";

export interface SaveTerms {
  readonly registry: Registry;
  readonly ground: () => Ground;
  readonly world: string;
  readonly player: string;
  readonly name: string;
  readonly label: string;
  readonly expected: number | undefined;
  readonly answer: Pick<Job, "answer">;
}

/** Holds on to the present version of every synced object of a player: nothing is copied. */
export function saveJob(terms: SaveTerms): Job<typeof SaveSlotResponse> {
  const { world, player, name, label, expected } = terms;
  let objects: readonly Held[] = [];
  let before: Slot | undefined;
  let slots = 0;
  let parent = "";
  let slot: Slot | undefined;

  async function prepare(
    tx: Kysely<StateTables>,
    load: (needs: Job["needs"]) => Promise<void>,
  ): Promise<void> {
    const all = await syncedObjects(tx, terms.registry, terms.ground(), world, player);
    objects = all.filter(({ value }) => value !== undefined);
    await load({ refs: objects.map(({ ref }) => ref) });
    before = (await findSlot(tx, world, player, name))?.slot;
    slots = (await readSlots(tx, world, player)).length;
    parent = await loadedSlot(tx, world, player);
  }

  return {
    owner: player,
    yields: false,
    needs: { refs: [] },
    ...terms.answer,
    reply: SaveSlotResponse,
    prepare,
    apply(draft) {
      const { nowMs } = draft;
      checkRevision(before, expected);
      if (before === undefined && slots >= SLOTS_MOST)
        throw new OrreryError(stateErrors.STATE_SLOT_QUOTA, { given: `${player} in ${world}` });
      // Versions are held on to by rows of its own.
      objects = objects.map((held) => (held.id === 0 ? draft.own(held) : held));
      slot = create(SlotSchema, {
        playerId: player,
        worldId: world,
        name,
        label,
        revision: (before?.revision ?? 0) + 1,
        objects: objects.length,
        bytes: objects.reduce((sum, { bytes }) => sum + bytes.length, 0),
        digest: slotDigest(
          objects.map(({ ref, bytes }) => ({ collection: ref.collection.name, key: ref.key, bytes })),
        ),
        parent,
        createdMs: nowMs,
      });
      return { slot };
    },
    async also(tx) {
      const refs = objects.map(({ ref, version }) =>
        create(SlotFileObjectSchema, {
          id: { collection: ref.collection.name, owner: player, key: ref.key },
          worldId: ref.world,
          version,
        }),
      );
      const pins = objects.map(({ id, version }) => ({ object: id, version }));
      await writeSlot(tx, slot as Slot, refs, syncedNames(terms.registry, world), pins);
    },
  };
}
