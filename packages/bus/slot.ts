import type { Codec, EventCursor, EventId } from "@orrery/wire";
import type { Delivered } from "./delivered.ts";
import { signalOf, type Work } from "./work.ts";

export type SlotPhase = "free" | "running" | "waiting" | "parked" | "runnable" | "giving-up";

/**
 * The reusable event object. While its handler runs synchronously it reads through the frame's cursor and
 * costs nothing; `detach` copies what it needs before the cursor moves on.
 */
export class Slot implements Delivered {
  work!: Work;
  /** Handler runs within this lease, the present one included. */
  tries = 0;
  phase: SlotPhase = "free";
  /** It has its key to itself; whoever waits behind it is parked. */
  holdsKey = false;
  /** When its next try is due, Unix ms; while waiting. */
  dueMs = 0;
  /** When it was first tried, Unix ms; 0 before its first failure. */
  firstMs = 0;
  /** What it last failed with. */
  error: unknown = undefined;
  readonly ok: () => void;
  readonly fail: (error: unknown) => void;

  #cursor!: EventCursor;
  #live = false;
  #index = 0;
  #typeIndex = 0;
  #key = "";
  #sequence = 0;
  #timeMs = 0;
  #payload!: Uint8Array;

  constructor(ok: (slot: Slot) => void, fail: (slot: Slot, error: unknown) => void) {
    this.ok = () => ok(this);
    this.fail = (error) => fail(this, error);
  }

  /** Points at the event under the cursor. */
  attach(work: Work, cursor: EventCursor): void {
    this.work = work;
    this.#cursor = cursor;
    this.#live = true;
    this.tries = 1;
  }

  /** Copies the event, so that the cursor may move on. */
  detach(): void {
    const cursor = this.#cursor;
    this.#index = cursor.index;
    this.#typeIndex = cursor.typeIndex;
    this.#key = cursor.key;
    this.#sequence = cursor.sequence;
    this.#timeMs = cursor.timeMs;
    this.#payload = cursor.payload;
    // A handler that goes on holds its view across an await: the next event must get another one.
    cursor.leaveViews();
    this.#live = false;
  }

  get type(): string {
    return this.#live ? this.#cursor.type : (this.work.frame.types[this.#typeIndex] as string);
  }
  get key(): string {
    return this.#live ? this.#cursor.key : this.#key;
  }
  get publisher(): string {
    return this.work.frame.publisher;
  }
  get sequence(): number {
    return this.#live ? this.#cursor.sequence : this.#sequence;
  }
  get id(): EventId {
    return { publisher: this.work.frame.publisher, sequence: this.sequence };
  }
  get timeMs(): number {
    return this.#live ? this.#cursor.timeMs : this.#timeMs;
  }
  get cause(): EventId | undefined {
    return this.#live ? this.#cursor.cause : this.#sought().cause;
  }
  get traceparent(): string | undefined {
    return this.#live ? this.#cursor.traceparent : this.#sought().traceparent;
  }
  get world(): string {
    return this.work.frame.world;
  }
  get source(): string {
    return this.work.frame.source;
  }
  get lane() {
    return this.work.frame.lane;
  }
  get contentType() {
    return this.work.frame.contentType;
  }
  get payload(): Uint8Array {
    return this.#live ? this.#cursor.payload : this.#payload;
  }
  get index(): number {
    return this.#live ? this.#cursor.index : this.#index;
  }
  get attempt(): number {
    return this.work.triedBefore + this.tries;
  }
  get signal(): AbortSignal {
    return signalOf(this.work);
  }

  decode<M>(codec: Codec<M>): M {
    if (this.#live) return this.#cursor.decode(codec);
    return this.#isPlain(codec) ? codec.decode(this.#payload) : this.#sought().decode(codec);
  }
  // biome-ignore lint/suspicious/noExplicitAny: any message, any init
  view<V>(codec: Codec<any, any, V>): V {
    if (this.#live) return this.#cursor.view(codec);
    return this.#isPlain(codec) ? codec.view(this.#payload) : this.#sought().view(codec);
  }

  /** Whether the payload alone will do; JSON, and the refusal of a wrong codec, are the cursor's. */
  #isPlain(codec: { readonly typeName: string }): boolean {
    return this.work.frame.contentType === "protobuf" && codec.typeName === this.type;
  }

  /** A cursor of its own on this event, for reads after the shared one moved on. */
  #sought(): EventCursor {
    const cursor = this.work.opened.cursor();
    while (cursor.next() && cursor.index < this.#index);
    return cursor;
  }
}
