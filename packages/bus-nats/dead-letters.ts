import { JetStreamApiCodes, type StoredMsg } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { busErrors, type DeadLetter, type DeadLetterQuery, type NewDeadLetter } from "@orrery/bus";
import { openFrame, OrreryError } from "@orrery/wire";
import { apiCode, type Connection } from "./connection.ts";
import type { Names } from "./names.ts";

const FACTS = "Orrery-Letter";
/** Digits of an entry id: text order is entry order. */
const DIGITS = 15;
const NONE_LEFT = 404;

export interface DeadLetters {
  add(subscription: string, letter: NewDeadLetter): Promise<DeadLetter>;
  page(subscription: string, query: DeadLetterQuery): Promise<DeadLetter[]>;
  /** Rejects with `BUS_DEAD_LETTER_UNKNOWN`. */
  demand(subscription: string, entryId: string): Promise<void>;
  remove(subscription: string, entryId: string): Promise<void>;
  count(subscription: string): Promise<number>;
}

/** One stream for all subscriptions; an entry's id is its place there. */
export function createDeadLetters({ js, jsm }: Connection, names: Names): DeadLetters {
  const unknown = (subscription: string, entryId: string) =>
    new OrreryError(busErrors.BUS_DEAD_LETTER_UNKNOWN, { given: `${subscription} ${entryId}` });

  async function find(subscription: string, entryId: string): Promise<number> {
    const seq = Number(entryId);
    const message =
      Number.isSafeInteger(seq) && seq > 0 ? await jsm.streams.getMessage(names.letters, { seq }) : null;
    const prefix = names.deadOf(subscription).slice(0, -1);
    if (message === null || !message.subject.startsWith(prefix)) throw unknown(subscription, entryId);
    return seq;
  }

  return {
    async add(subscription, letter) {
      const subject = names.deadEntry(subscription, identityOf(letter));
      const { frame, payload: _, ...facts } = letter;
      const hdrs = headers();
      hdrs.set(FACTS, Buffer.from(JSON.stringify(facts)).toString("base64"));
      try {
        const { seq } = await js.publish(subject, frame, {
          headers: hdrs,
          expect: { lastSubjectSequence: 0 },
        });
        return { ...letter, entryId: entryIdOf(seq) };
      } catch (error) {
        if (apiCode(error) !== JetStreamApiCodes.StreamWrongLastSequence) throw error;
        const same = await jsm.streams.getMessage(names.letters, { last_by_subj: subject });
        if (same === null) throw error;
        return read(same);
      }
    },
    async page(subscription, { after, limit }) {
      const found: DeadLetter[] = [];
      const next_by_subj = names.deadOf(subscription);
      for (let seq = Number(after ?? 0) + 1; found.length < limit; ) {
        const batch = await jsm.direct.getBatch(names.letters, {
          seq,
          next_by_subj,
          batch: limit - found.length,
        });
        const before = found.length;
        try {
          for await (const message of batch) found.push(read(message));
        } catch (error) {
          if (!isEmpty(error)) throw error;
        }
        if (found.length === before) break;
        seq = Number(found.at(-1)?.entryId) + 1;
      }
      return found;
    },
    async demand(subscription, entryId) {
      await find(subscription, entryId);
    },
    async remove(subscription, entryId) {
      const seq = await find(subscription, entryId);
      try {
        await jsm.streams.deleteMessage(names.letters, seq, false);
      } catch (error) {
        if (apiCode(error) === undefined) throw error;
        throw unknown(subscription, entryId);
      }
    },
    async count(subscription) {
      const { state } = await jsm.streams.info(names.letters, {
        subjects_filter: names.deadOf(subscription),
      });
      let count = 0;
      for (const here of Object.values(state.subjects ?? {})) count += here;
      return count;
    },
  };
}

const isEmpty = (error: unknown) => (error as { code?: number }).code === NONE_LEFT;

/** Unreadable frames have no identity to go by: each is its own. */
function identityOf(letter: NewDeadLetter): string {
  if (letter.contentType === "frame") return crypto.randomUUID();
  return `${letter.publisher}/${letter.sequence}/${letter.generation}`;
}

const entryIdOf = (seq: number) => String(seq).padStart(DIGITS, "0");

type Facts = Omit<NewDeadLetter, "frame" | "payload">;

function read(message: StoredMsg): DeadLetter {
  const text = Buffer.from(message.header.get(FACTS), "base64").toString();
  const facts = JSON.parse(text) as Facts;
  const frame = message.data.slice();
  return { ...facts, frame, payload: payloadOf(facts, frame), entryId: entryIdOf(message.seq) };
}

/** The frame holds the one event: its bytes are not kept twice. */
function payloadOf({ contentType }: Facts, frame: Uint8Array): Uint8Array {
  if (contentType === "frame") return frame;
  const cursor = openFrame(frame).cursor();
  return cursor.next() ? cursor.payload.slice() : new Uint8Array();
}
