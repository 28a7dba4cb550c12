import {
  busErrors,
  type Clock,
  type DeadLetter,
  type DeadLetterQuery,
  type NewDeadLetter,
} from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { coded, messageOf } from "./fault.ts";
import type { Inbox } from "./inbox.ts";
import type { Known } from "./known.ts";
import { entryIdOf, hashInEntry, hashOf, identityOf, readLetter, writtenLetter } from "./letter-message.ts";
import { parcelOf } from "./message.ts";
import type { Resolved } from "./options.ts";
import type { Outbox } from "./outbox.ts";

export interface DeadLetters {
  add(known: Known, letter: NewDeadLetter): Promise<DeadLetter>;
  page(known: Known, query: DeadLetterQuery): Promise<DeadLetter[]>;
  /** Rejects with `BUS_DEAD_LETTER_UNKNOWN`. */
  demand(known: Known, entryId: string): Promise<void>;
  remove(known: Known, entryId: string): Promise<void>;
  /** Lets go of what is held; it can be seen by others again. */
  close(): Promise<void>;
}

export interface DeadLetterTerms {
  readonly clock: Clock;
  readonly options: Resolved;
  readonly visibilitySeconds: number;
  inbox(known: Known): Inbox;
  outbox(known: Known): Outbox;
  readonly closing: AbortSignal;
}

/** A queue can only be read by taking: what was read is held this long after the last look, then let go. */
const HOLD_MS = 1_000;
const SCAN_WAIT_S = 1;
const SCANNERS = 4;

interface Held {
  readonly letter: DeadLetter;
  /** More than one when a letter was sent twice. */
  readonly receipts: string[];
  untilMs: number;
}

interface Shelf {
  readonly inbox: Inbox;
  readonly held: Map<string, Held>;
  scanning: Promise<void> | undefined;
  idle: AbortController;
}

export function createDeadLetters(terms: DeadLetterTerms): DeadLetters {
  const { clock, options, visibilitySeconds, closing } = terms;
  const shelves = new Map<string, Shelf>();
  const lifeMs = (visibilitySeconds - 1) * 1000;

  const unknown = ({ spec }: Known, entryId: string) =>
    new OrreryError(busErrors.BUS_DEAD_LETTER_UNKNOWN, { given: `${spec.id} ${entryId}` });

  function shelfOf(known: Known): Shelf {
    const name = known.deadLetters.url;
    let made = shelves.get(name);
    if (made === undefined) {
      made = { inbox: terms.inbox(known), held: new Map(), scanning: undefined, idle: new AbortController() };
      shelves.set(name, made);
    }
    return made;
  }

  function forgetExpired(shelf: Shelf): void {
    const nowMs = clock.now();
    for (const [hash, { untilMs }] of shelf.held) if (untilMs <= nowMs) shelf.held.delete(hash);
  }

  /** Takes all that can be seen; what is held already stays. */
  function scan(shelf: Shelf): Promise<void> {
    shelf.idle.abort();
    return (shelf.scanning ??= takeAll(shelf).finally(() => (shelf.scanning = undefined)));
  }

  async function takeAll(shelf: Shelf): Promise<void> {
    forgetExpired(shelf);
    const one = async () => {
      for (;;) {
        const beganMs = clock.now();
        const messages = await shelf.inbox.receive(10, SCAN_WAIT_S, closing).catch((error: unknown) => {
          throw coded(error, "reading dead letters");
        });
        if (messages.length === 0) return;
        for (const message of messages) {
          const letter = readLetter(message);
          const hash = hashInEntry(letter.entryId);
          const before = shelf.held.get(hash);
          const receipts = [...(before?.receipts ?? []), message.ReceiptHandle ?? ""];
          const first =
            before !== undefined && before.letter.entryId < letter.entryId ? before.letter : letter;
          shelf.held.set(hash, { letter: first, receipts, untilMs: beganMs + lifeMs });
        }
      }
    };
    await Promise.all(Array.from({ length: SCANNERS }, one));
  }

  function letGoLater(shelf: Shelf): void {
    shelf.idle.abort();
    const own = (shelf.idle = new AbortController());
    void clock.sleep(HOLD_MS, own.signal).then(() => {
      if (!own.signal.aborted) void letGo(shelf);
    });
  }

  async function letGo(shelf: Shelf): Promise<void> {
    shelf.idle.abort();
    await shelf.scanning?.catch(() => undefined);
    const receipts = [...shelf.held.values()].flatMap((one) => one.receipts);
    shelf.held.clear();
    await Promise.all(receipts.map((receipt) => shelf.inbox.hide(receipt, 0))).catch((error: unknown) =>
      options.log.warn({ error: messageOf(error) }, "dead letters are hidden until their visibility ends"),
    );
  }

  async function find(known: Known, entryId: string): Promise<{ shelf: Shelf; hash: string; held: Held }> {
    const shelf = shelfOf(known);
    const hash = hashInEntry(entryId);
    forgetExpired(shelf);
    if (!shelf.held.has(hash)) await scan(shelf);
    letGoLater(shelf);
    const held = shelf.held.get(hash);
    if (held === undefined) throw unknown(known, entryId);
    return { shelf, hash, held };
  }

  return {
    async add(known, letter) {
      const identity = identityOf(letter);
      const entryId = entryIdOf(clock.now(), hashOf(identity));
      const ordered = known.spec.order === "key";
      await terms.outbox(known).post({
        parcel: parcelOf(letter.frame, options.frames, { letter: writtenLetter(letter, entryId) }),
        ...(ordered && { group: hashOf(identity), dedupId: hashOf(identity) }),
      });
      return { ...letter, entryId };
    },
    async page(known, { after, limit }) {
      const shelf = shelfOf(known);
      if (after === undefined || shelf.held.size === 0) await scan(shelf);
      letGoLater(shelf);
      const letters = [...shelf.held.values()].map(({ letter }) => letter);
      letters.sort((a, b) => (a.entryId < b.entryId ? -1 : 1));
      return letters.filter(({ entryId }) => after === undefined || entryId > after).slice(0, limit);
    },
    async demand(known, entryId) {
      await find(known, entryId);
    },
    async remove(known, entryId) {
      const { shelf, hash, held } = await find(known, entryId);
      await Promise.all(held.receipts.map((receipt) => shelf.inbox.remove(receipt)));
      shelf.held.delete(hash);
    },
    async close() {
      await Promise.all([...shelves.values()].map(letGo));
    },
  };
}
