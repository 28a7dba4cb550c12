import { ChangeOp, DeleteReason, LoadSlotResponse } from "@orrery/schema/state/v1";
import type { Kysely } from "kysely";
import type { Registry } from "../collections/registry.ts";
import type { StateTables } from "../tables.ts";
import type { Author } from "../write/change.ts";
import type { Ground } from "../write/ground.ts";
import type { Held } from "../write/held.ts";
import type { Job } from "../write/job.ts";
import { refIn } from "../write/reference.ts";
import { seqMarks } from "../write/seq-marks.ts";
import { checkRevision, type KeptSlot, mustFindSlot, noteLoaded } from "./slot-store.ts";
import { type SlotValue, slotValues } from "./slot-values.ts";
import { syncedNames, syncedObjects } from "./synced.ts";

export interface LoadTerms {
  readonly registry: Registry;
  readonly ground: () => Ground;
  readonly world: string;
  readonly player: string;
  readonly name: string;
  readonly expected: number | undefined;
  readonly author: Author;
  readonly answer: Pick<Job, "answer">;
}

/**
 * Writes back each object of a slot as a new version and deletes what was not there, in one commit. Items, grants and
 * coins are no synced objects: they never go back in time.
 */
export function loadJob(terms: LoadTerms): Job<typeof LoadSlotResponse> {
  const { registry, world, player, name, expected, author } = terms;
  let kept: KeptSlot | undefined;
  let values: readonly SlotValue[] = [];
  let present: readonly Held[] = [];

  async function prepare(
    tx: Kysely<StateTables>,
    load: (needs: Job["needs"]) => Promise<void>,
  ): Promise<void> {
    kept = await mustFindSlot(tx, world, player, name);
    present = await syncedObjects(tx, registry, terms.ground(), world, player);
    values = await slotValues(tx, kept.refs, present, syncedNames(registry, world));
    const wanted = values.map(({ collection, key }) =>
      refIn(registry.get(world, collection), world, player, key),
    );
    await load({ refs: [...wanted, ...present.map(({ ref }) => ref)] });
  }

  return {
    owner: player,
    yields: false,
    needs: { refs: [] },
    ...terms.answer,
    reply: LoadSlotResponse,
    prepare,
    apply(draft) {
      checkRevision(kept?.slot, expected);
      let restored = 0;
      let deleted = 0;
      const names = new Set(values.map(({ name: own }) => own));
      const refs = values.map(({ collection, key }) =>
        refIn(registry.get(world, collection), world, player, key),
      );
      for (const [i, ref] of refs.entries()) {
        const before = draft.get(ref);
        const after = draft.set(ref, (values[i] as SlotValue).value, ChangeOp.RESTORE, author);
        restored += Number(after !== before);
      }
      for (const held of present) {
        if (held.value === undefined || names.has(held.ref.name)) continue;
        // What slots did not save then was not looked for: it stays.
        if (kept?.collections.has(held.ref.collection.name) !== true) continue;
        draft.remove(held, DeleteReason.SLOT_RESTORED, author);
        deleted += 1;
      }
      return {
        slot: (kept as KeptSlot).slot,
        restored,
        deleted,
        seqs: seqMarks(draft, [...refs, ...present.map(({ ref }) => ref)]),
      };
    },
    also: async (tx) => noteLoaded(tx, (kept as KeptSlot).slot),
  };
}
