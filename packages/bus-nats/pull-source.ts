import { createInbox, type Msg } from "@nats-io/transport-node";
import type { Clock } from "@orrery/bus";
import { atMost, type Connection, DRAIN_MS } from "./connection.ts";

/** How long the server keeps a request for messages. */
const EXPIRES_MS = 5_000;
/** A request that ended without a word is given up this much later. */
const SILENCE_MS = 2_000;
/** What subject, headers and reply add to a frame as the server counts bytes; a stranger's message may use the room of the headers too. */
const OVERHEAD_BYTES = 20_480;

export interface SourceEvents {
  received(message: Msg): void;
  /** A request ended: ask again when more is wanted. */
  ended(): void;
  /** The consumer or its stream is not there (any more). */
  missing(): void;
}

/** Messages of one consumer, asked for with a count: the server sends no more than that. */
export interface PullSource {
  readonly stream: string;
  /** Makes sure that up to `frames` are asked for. */
  ask(frames: number, bytes: number): void;
  /** Requests from before a reconnection are void; so are those that the server forgot. */
  reset(): void;
  expire(): void;
  /** Resolves when nothing more can arrive; what still comes meanwhile is `received`. */
  close(): Promise<void>;
}

interface Request {
  left: number;
  readonly untilMs: number;
}

export function createPullSource(
  { nc }: Connection,
  clock: Clock,
  stream: string,
  consumer: string,
  events: SourceEvents,
): PullSource {
  const inbox = createInbox();
  const requests = new Map<string, Request>();
  let asked = 0;
  let closed = false;

  const subscription = nc.subscribe(`${inbox}.*`, {
    callback(error, message) {
      if (error !== null) return;
      const name = message.subject.slice(inbox.length + 1);
      const code = message.headers?.code ?? 0;
      if (code === 0 || (message.reply ?? "").startsWith("$JS.ACK")) {
        const request = requests.get(name);
        if (request !== undefined && --request.left <= 0) requests.delete(name);
        return events.received(message);
      }
      status(name, code, message.headers?.description ?? "");
    },
  });

  function status(name: string, code: number, description: string): void {
    requests.delete(name);
    const gone = code === 503 || (code === 409 && /deleted|not found/i.test(description));
    if (gone) events.missing();
    else events.ended();
  }

  return {
    stream,
    ask(frames, bytes) {
      if (closed) return;
      let open = 0;
      for (const { left } of requests.values()) open += left;
      if (open * 2 > frames) return;
      const name = String(++asked);
      const batch = frames - open;
      requests.set(name, { left: batch, untilMs: clock.now() + EXPIRES_MS + SILENCE_MS });
      const terms = { batch, max_bytes: bytes + OVERHEAD_BYTES, expires: EXPIRES_MS * 1e6 };
      nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(terms), {
        reply: `${inbox}.${name}`,
      });
    },
    reset() {
      requests.clear();
      events.ended();
    },
    expire() {
      const nowMs = clock.now();
      let stalled = false;
      for (const [name, { untilMs }] of requests) if (untilMs < nowMs) stalled = requests.delete(name);
      if (stalled) events.missing();
    },
    async close() {
      closed = true;
      if (!nc.isClosed()) await atMost(DRAIN_MS, subscription.drain());
    },
  };
}
