import type { DeadLetter } from "@orrery/bus";
import { DeadLettered, DeadLetterReason, type LetterFilter, LetterState } from "@orrery/schema/bus/v1";
import { matchesType } from "@orrery/service";
import { encodeBytes, type InitOf } from "@orrery/wire";
import type { LetterRow } from "./tables.ts";

/** An open letter as the broker has it, in the schema's words. */
export function entryOf(subscription: string, letter: DeadLetter): InitOf<typeof DeadLettered> {
  const { frame: _frame, world: _world, reason, ...rest } = letter;
  return {
    ...rest,
    subscription,
    service: subscription.split("/")[0] ?? subscription,
    reason: DeadLetterReason[reason],
    payloadBytes: letter.payload.length,
  };
}

/** Most bytes of one event in a list of them: a page of a thousand letters must fit an answer. */
const LISTED_BYTES = 65_536;

/** A letter as a list shows it: of a long event only where its bytes are; `getDeadLetter` has them all. */
export function listed<L extends { readonly entry?: InitOf<typeof DeadLettered> | undefined }>(letter: L): L {
  const { entry } = letter;
  if (entry === undefined || (entry.payload?.length ?? 0) <= LISTED_BYTES) return letter;
  const payloadAt = `${entry.subscription} ${entry.entryId}`;
  return { ...letter, entry: { ...entry, payload: new Uint8Array(), payloadAt } };
}

/** The row that takes a letter out of OPEN. */
export function rowOf(
  subscription: string,
  letter: DeadLetter,
  closed: {
    readonly state: LetterState;
    readonly actor: string;
    readonly note: string;
    readonly atMs: number;
  },
): LetterRow {
  const { entryId: entry_id, type, code } = letter;
  const { state, actor, note, atMs: at_ms } = closed;
  const entry = encodeBytes(DeadLettered, entryOf(subscription, letter));
  return { subscription, entry_id, state, actor, note, at_ms, type, code, entry };
}

export function closedLetter({ entry, state, actor, note, at_ms }: LetterRow) {
  return { entry: DeadLettered.decode(entry), state, actor, note, closedMs: at_ms };
}

export function letterFits(filter: LetterFilter | undefined): (letter: Fields) => boolean {
  const { type = "", code = "", entryIds = [] } = filter ?? {};
  const wanted = new Set(entryIds);
  return (letter) =>
    (type === "" || matchesType(type, letter.type)) &&
    (code === "" || code === letter.code) &&
    (wanted.size === 0 || wanted.has(letter.entryId));
}

interface Fields {
  readonly type: string;
  readonly code: string;
  readonly entryId: string;
}
