import type { Message } from "@aws-sdk/client-sqs";
import {
  busErrors,
  type Clock,
  type DeadLetter,
  type DeadLetterQuery,
  letterId,
  type NewDeadLetter,
} from "@orrery/bus";
import { letterPieces } from "@orrery/bus/internal";
import { OrreryError } from "@orrery/wire";
import { coded, messageOf } from "./fault.ts";
import type { Inbox } from "./inbox.ts";
import type { Known } from "./known.ts";
import { hashOf, pieceNameOf, readLetter, writtenName } from "./letter-message.ts";
import { LIMITS } from "./limits.ts";
import { parcelOf, roomFor } from "./message.ts";
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
/** Of a message, for everything but the piece of a letter that it carries. */
const RESERVE_BYTES = 8_192;
const PIECE_BYTES = roomFor(LIMITS.sqsBytes, RESERVE_BYTES);

interface Held {
  /** By its place; a letter counts once all are here. */
  readonly pieces: (Message | undefined)[];
  /** More than one a piece when a letter was sent twice. */
  readonly receipts: string[];
  untilMs: number;
}

interface Shelf {
  readonly inbox: Inbox;
  /** By entry id. */
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
    for (const [entryId, { untilMs }] of shelf.held) if (untilMs <= nowMs) shelf.held.delete(entryId);
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
          const { entryId, at, of } = pieceNameOf(message);
          const held: Held = shelf.held.get(entryId) ?? {
            pieces: Array(of).fill(undefined),
            receipts: [],
            untilMs: 0,
          };
          held.pieces[at] ??= message;
          held.receipts.push(message.ReceiptHandle ?? "");
          held.untilMs = Math.min(held.untilMs || Infinity, beganMs + lifeMs);
          shelf.held.set(entryId, held);
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

  async function find(known: Known, entryId: string): Promise<{ shelf: Shelf; held: Held }> {
    const shelf = shelfOf(known);
    forgetExpired(shelf);
    if (!isHere(shelf.held.get(entryId))) await scan(shelf);
    letGoLater(shelf);
    const held = shelf.held.get(entryId);
    if (held === undefined || !isHere(held)) throw unknown(known, entryId);
    return { shelf, held };
  }

  return {
    async add(known, given) {
      const letter = { ...given, entryId: letterId(given) };
      const { entryId } = letter;
      const pieces = letterPieces(letter, PIECE_BYTES);
      const id = hashOf(entryId);
      for (const [at, piece] of pieces.entries())
        await terms.outbox(known).post({
          parcel: parcelOf(piece, options.frames, {
            letter: writtenName({ entryId, at, of: pieces.length }),
          }),
          ...(known.spec.order === "key" && { group: id, dedupId: `${id}-${at}` }),
        });
      return letter;
    },
    async page(known, { after, limit }) {
      const shelf = shelfOf(known);
      if (after === undefined || shelf.held.size === 0) await scan(shelf);
      letGoLater(shelf);
      const here = [...shelf.held].filter(
        ([id, held]) => isHere(held) && (after === undefined || id > after),
      );
      here.sort(([a], [b]) => (a < b ? -1 : 1));
      return here.slice(0, limit).map(([id, { pieces }]) => readLetter(id, pieces as Message[]));
    },
    async demand(known, entryId) {
      await find(known, entryId);
    },
    async remove(known, entryId) {
      const { shelf, held } = await find(known, entryId);
      await Promise.all(held.receipts.map((receipt) => shelf.inbox.remove(receipt)));
      shelf.held.delete(entryId);
    },
    async close() {
      await Promise.all([...shelves.values()].map(letGo));
    },
  };
}

const isHere = (held: Held | undefined): boolean =>
  held !== undefined && !held.pieces.includes(undefined) && held.pieces.length > 0;
