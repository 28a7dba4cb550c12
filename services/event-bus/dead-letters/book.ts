import type { DeadLetter } from "@orrery/bus";
import { type LetterFilter, LetterState, RedriveState } from "@orrery/schema/bus/v1";
import type { Kit, Part } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import { letterFits, rowOf } from "./letter.ts";
import type { DeadLetterTables, LetterRow } from "./tables.ts";
import { createRedrives, type Redrives } from "./redrives.ts";

export interface OpenLetter {
  readonly subscription: string;
  readonly letter: DeadLetter;
}

/**
 * What became of dead letters. The broker has the open ones; a letter leaves OPEN by a row here, written before
 * the broker is told, so that a crash in between is put right at the next start:
 *
 *   OPEN -> REDRIVING -> REDRIVEN     sent once more; one that fails again is a new entry, a generation up
 *   OPEN -> RESOLVED | DISCARDED      taken out of the broker
 *   REDRIVING -> OPEN                 its job ended before it was sent: the row goes
 */
export interface LetterBook {
  /** Of the subscriptions that the filter names, oldest first; those that a redrive has in hand among them. */
  open(filter: LetterFilter | undefined): AsyncIterable<OpenLetter>;
  /** States of letters that are not plainly open, by `<subscription>\n<entry id>`. */
  states(): Promise<ReadonlyMap<string, LetterRow>>;
  /** Takes letters out for good. @returns how many. @throws BUS_REDRIVE_STATE for one that a redrive has in hand */
  close(filter: LetterFilter | undefined, state: LetterState, actor: string, note: string): Promise<number>;
  readonly redrives: Redrives;
}

export const nameOf = (subscription: string, entryId: string) => `${subscription}\n${entryId}`;

export const letterBook: Part<LetterBook> = {
  name: "dead-letters",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const db = kit.store.as<DeadLetterTables>();
    const redrives = createRedrives(kit, db);
    await putRight(kit);

    async function* open(filter: LetterFilter | undefined): AsyncGenerator<OpenLetter> {
      const wanted = filter?.subscription ?? "";
      const fits = letterFits(filter);
      const specs = await kit.bus.transport.subscriptions();
      const ids = specs.map(({ id }) => id).filter((id) => wanted === "" || id === wanted);
      for (const subscription of ids.sort())
        for await (const letter of kit.bus.deadLetters(subscription))
          if (fits(letter)) yield { subscription, letter };
    }

    async function states(): Promise<Map<string, LetterRow>> {
      const rows = await db.selectFrom("letter").selectAll().execute();
      return new Map(rows.map((row) => [nameOf(row.subscription, row.entry_id), row]));
    }

    return {
      handle: {
        open,
        states,
        redrives,
        async close(filter, state, actor, note) {
          const known = await states();
          let closed = 0;
          for await (const { subscription, letter } of open(filter)) {
            const row = known.get(nameOf(subscription, letter.entryId));
            if (row?.state === LetterState.REDRIVING)
              throw new OrreryError(journalErrors.BUS_REDRIVE_STATE, {
                given: `${subscription} ${letter.entryId}: a redrive has it in hand`,
              });
            const values = rowOf(subscription, letter, { state, actor, note, atMs: kit.clock.now() });
            await db
              .insertInto("letter")
              .values(values)
              .onConflict((conflict) => conflict.columns(["subscription", "entry_id"]).doUpdateSet(values))
              .execute();
            await kit.bus.discard(subscription, letter.entryId);
            closed += 1;
          }
          return closed;
        },
      },
      stop: () => redrives.stop(),
    };
  },
};

/**
 * After a crash: what was closed or redriven leaves the broker, what was not sent is open again, what was sent is
 * redriven. Entry ids say which event and generation they are about, so this holds at another broker too.
 */
async function putRight(kit: Kit): Promise<void> {
  const db = kit.store.as<DeadLetterTables>();
  await db
    .updateTable("redrive")
    .set({
      state: RedriveState.FAILED,
      ended_ms: kit.clock.now(),
      problem: "the process ended; what was not sent is open",
    })
    .where("state", "=", RedriveState.RUNNING)
    .execute();
  const rows = await db.selectFrom("letter").select(["subscription", "entry_id", "state"]).execute();
  if (rows.length === 0) return;
  const present = new Set<string>();
  for (const subscription of new Set(rows.map((row) => row.subscription)))
    for await (const { entryId } of kit.bus.deadLetters(subscription))
      present.add(nameOf(subscription, entryId));
  for (const { subscription, entry_id, state } of rows) {
    const here = present.has(nameOf(subscription, entry_id));
    const one = { subscription, entry_id };
    if (state !== LetterState.REDRIVING) {
      if (here) await kit.bus.discard(subscription, entry_id);
    } else if (here) {
      await db
        .deleteFrom("letter")
        .where("subscription", "=", one.subscription)
        .where("entry_id", "=", entry_id)
        .execute();
    } else {
      await db
        .updateTable("letter")
        .set({ state: LetterState.REDRIVEN })
        .where("subscription", "=", subscription)
        .where("entry_id", "=", entry_id)
        .execute();
    }
  }
}
