import { JetStreamApiCodes, type StoredMsg } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { busErrors, type DeadLetter, type DeadLetterQuery, letterId, type NewDeadLetter } from "@orrery/bus";
import { letterOf, letterPieces } from "@orrery/bus/internal";
import { OrreryError } from "@orrery/wire";
import { apiCode, type Connection } from "./connection.ts";
import { busNatsErrors } from "./errors.ts";
import type { Names } from "./names.ts";

const PIECES = "Orrery-Pieces";
/** Room for the headers of a piece, bytes. */
const HEADERS_BYTES = 4_096;
const NONE_LEFT = 404;
/** For so long the pages behind the first one are cut from the list that it was cut from, ms. */
const LISTING_MS = 10_000;

export interface DeadLetters {
  add(subscription: string, letter: NewDeadLetter): Promise<DeadLetter>;
  page(subscription: string, query: DeadLetterQuery): Promise<DeadLetter[]>;
  /** Rejects with `BUS_DEAD_LETTER_UNKNOWN`. */
  demand(subscription: string, entryId: string): Promise<void>;
  remove(subscription: string, entryId: string): Promise<void>;
  /** The same of one that may not be there. */
  drop(subscription: string, entryId: string): Promise<void>;
  count(subscription: string): Promise<number>;
}

/** One stream for all subscriptions; a letter's subject ends in its entry id, so that the server keeps each once. */
export function createDeadLetters(
  { js, jsm, maxPayload }: Connection,
  names: Names,
  now: () => number,
): DeadLetters {
  const pieceBytes = maxPayload - HEADERS_BYTES;
  const listings = new Map<string, { readonly subjects: readonly string[]; readonly untilMs: number }>();
  const unknown = (subscription: string, entryId: string) =>
    new OrreryError(busErrors.BUS_DEAD_LETTER_UNKNOWN, { given: `${subscription} ${entryId}` });
  const lastOf = (subject: string) => jsm.streams.getMessage(names.letters, { last_by_subj: subject });

  async function subjectsOf(subscription: string): Promise<Record<string, number>> {
    const filter = { subjects_filter: names.deadOf(subscription) };
    const { state } = await jsm.streams.info(names.letters, filter);
    return state.subjects ?? {};
  }

  /** Subjects in the order of their entries. */
  async function listed(subscription: string, isFirst: boolean): Promise<readonly string[]> {
    const before = listings.get(subscription);
    if (!isFirst && before !== undefined && before.untilMs > now()) return before.subjects;
    const subjects = Object.keys(await subjectsOf(subscription)).sort();
    listings.set(subscription, { subjects, untilMs: now() + LISTING_MS });
    return subjects;
  }

  /** The server answers with as many bytes as it likes at a time: what is left is asked for until nothing comes. */
  async function lastOfAll(subjects: readonly string[]): Promise<ReadonlyMap<string, StoredMsg>> {
    const found = new Map<string, StoredMsg>();
    for (let before = -1; found.size > before && found.size < subjects.length; ) {
      before = found.size;
      const multi_last = subjects.filter((subject) => !found.has(subject));
      try {
        const batch = multi_last.length;
        for await (const message of await jsm.direct.getLastMessagesFor(names.letters, { multi_last, batch }))
          found.set(message.subject, message);
      } catch (error) {
        // All of them were taken out meanwhile.
        if ((error as { code?: number }).code !== NONE_LEFT) throw error;
      }
    }
    return found;
  }

  async function read(message: StoredMsg): Promise<DeadLetter> {
    const entryId = message.subject.slice(message.subject.lastIndexOf(".") + 1);
    const pieces: Uint8Array[] = [message.data.slice()];
    const count = Number(message.header?.get(PIECES) || 1);
    for (let at = 1; at < count; at++) {
      const piece = await lastOf(names.deadPiece(message.subject, at));
      if (piece !== null) pieces.push(piece.data);
    }
    const keptMs = message.time.getTime();
    return letterOf(entryId, pieces, { error: busNatsErrors.NATS_LETTER_UNREADABLE, keptMs });
  }

  async function takeOut(subscription: string, entryId: string): Promise<boolean> {
    const subject = names.deadEntry(subscription, entryId);
    const { purged } = await jsm.streams.purge(names.letters, { filter: subject });
    await jsm.streams.purge(names.letters, { filter: names.deadPieces(subject) });
    return purged > 0;
  }

  return {
    async add(subscription, given) {
      const letter = { ...given, entryId: letterId(given) };
      const subject = names.deadEntry(subscription, letter.entryId);
      const [first, ...more] = letterPieces(letter, pieceBytes) as [Uint8Array, ...Uint8Array[]];
      // What it continues with is there before it: a letter that can be seen is whole.
      for (const [at, piece] of more.entries()) await js.publish(names.deadPiece(subject, at + 1), piece);
      const hdrs = headers();
      hdrs.set(PIECES, String(more.length + 1));
      try {
        await js.publish(subject, first, { headers: hdrs, expect: { lastSubjectSequence: 0 } });
        return letter;
      } catch (error) {
        if (apiCode(error) !== JetStreamApiCodes.StreamWrongLastSequence) throw error;
        const same = await lastOf(subject);
        if (same === null) throw error;
        return read(same);
      }
    },
    async page(subscription, { after, limit }) {
      const from = names.deadEntry(subscription, after ?? "");
      const subjects = await listed(subscription, after === undefined);
      const wanted = subjects.filter((subject) => subject > from).slice(0, limit);
      const found = await lastOfAll(wanted);
      return Promise.all(wanted.flatMap((subject) => found.get(subject) ?? []).map(read));
    },
    async demand(subscription, entryId) {
      if ((await lastOf(names.deadEntry(subscription, entryId))) === null)
        throw unknown(subscription, entryId);
    },
    async remove(subscription, entryId) {
      if (!(await takeOut(subscription, entryId))) throw unknown(subscription, entryId);
    },
    async drop(subscription, entryId) {
      await takeOut(subscription, entryId);
    },
    async count(subscription) {
      let count = 0;
      for (const here of Object.values(await subjectsOf(subscription))) count += here;
      return count;
    },
  };
}
