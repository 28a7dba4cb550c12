import {
  ByeReason,
  type CallRequest,
  type ClientMessage,
  type Hello,
  Resume,
  type Subscribe,
} from "@orrery/schema/router/v1";
import type { Surroundings } from "../surroundings.ts";
import { createFakeLine, type EdgeEnd } from "./fake-line.ts";
import type { VirtualTime } from "./virtual-time.ts";
import { concerns, createWorldLog, framesOf, type Said, type WorldLog } from "./world-log.ts";

export const HEARTBEAT_MS = 15_000;
const FLUSH_MS = 50;
const MARK_MS = 5_000;
/** Delivery is at least once: what a client has already may come again behind a resume. */
const REPEATED = 2;
/** What a client missed is searched for from a little before its newest event. */
const MARGIN_MS = 120_000;

/** An edge that keeps to docs/edge-protocol.md, and fails when and how it is told to. */
export interface FakeEdge {
  readonly log: WorldLog;
  dial(): ReturnType<Surroundings["dial"]>;
  say(publisher: string, region: string): void;
  /** Sessions that are in, oldest first. */
  readonly sessions: readonly FakeSession[];
  readonly terms: Terms;
  cutAll(): void;
}

/** How it behaves from now on. */
export interface Terms {
  /** Sockets are refused before they open. */
  down: boolean;
  /** Sockets open, and go dumb with the first thing that is said. */
  dumb: boolean;
  /** Says this to the next Hellos, one each. */
  readonly refusals: { reason: ByeReason; retryAfterMs: number }[];
  /** Has lost what it knew of cursors. */
  forgetful: boolean;
  /** Milliseconds a message takes. */
  delayMs: () => number;
  /** How long a snapshot takes, ms. */
  snapshotMs: () => number;
  /** Why a subscription is not taken up; without `retryAfterMs` it never will be. */
  refuseLook(asked: Subscribe): { retryAfterMs: number } | undefined;
  /** Answers a call. */
  call(request: CallRequest, end: EdgeEnd): void;
}

export interface FakeSession {
  readonly end: EdgeEnd;
  readonly hello: Hello;
  readonly looks: ReadonlyMap<string, Subscribe>;
  readonly tokens: readonly string[];
  readonly cancelled: readonly number[];
  bye(reason: ByeReason, retryAfterMs?: number): void;
}

interface Open extends FakeSession {
  readonly looks: Map<string, Subscribe>;
  readonly covered: Map<string, Map<string, number>>;
  readonly loading: Set<string>;
  readonly tokens: string[];
  readonly cancelled: number[];
  queue: Said[];
}

export function createFakeEdge(time: VirtualTime, terms: Terms): FakeEdge {
  const log = createWorldLog();
  const open = new Map<EdgeEnd, Open>();
  const dialled = new Set<EdgeEnd>();

  function hear({ message }: ClientMessage, end: EdgeEnd): void {
    // A line that loses a message loses all that follow.
    if (terms.dumb) return end.goDumb();
    const session = open.get(end);
    if (session === undefined) {
      if (message.case === "hello") greet(message.value, end);
      return;
    }
    switch (message.case) {
      case "subscribe":
        return look(session, message.value);
      case "unsubscribe":
        session.looks.delete(message.value.id);
        session.loading.delete(message.value.id);
        return;
      case "call":
        return terms.call(message.value, end);
      case "cancel":
        return void session.cancelled.push(message.value.id);
      case "reauth":
        return void session.tokens.push(message.value.token);
      case "bye":
        return end.cut();
    }
  }

  function greet(hello: Hello, end: EdgeEnd): void {
    const refusal = terms.refusals.shift();
    if (refusal !== undefined) {
      end.send({ message: { case: "bye", value: { ...refusal, code: "REFUSED", message: "refused" } } });
      return end.cut();
    }
    const session: Open = {
      end,
      hello,
      looks: new Map(),
      covered: new Map(),
      loading: new Set(),
      tokens: [hello.token],
      cancelled: [],
      queue: [],
      bye(reason, retryAfterMs = 0) {
        end.send({ message: { case: "bye", value: { reason, retryAfterMs, code: "BYE", message: "bye" } } });
        end.cut();
      },
    };
    open.set(end, session);
    const gapless = hello.cursor !== undefined && !terms.forgetful;
    end.send({
      message: {
        case: "welcome",
        value: {
          resume: gapless ? Resume.GAPLESS : Resume.SNAPSHOT,
          heartbeatMs: HEARTBEAT_MS,
          playerId: "player:me",
          nowMs: time.now(),
        },
      },
    });
    if (gapless) {
      const marks = new Map(hello.cursor?.marks.map(({ publisher, sequence }) => [publisher, sequence]));
      const fromMs = (hello.cursor?.timeMs ?? 0) - MARGIN_MS;
      for (const asked of hello.subscriptions)
        if (asked.fresh) look(session, asked);
        else session.looks.set(asked.id, asked);
      for (const event of log.said) {
        const mark = marks.get(event.publisher);
        if (event.sequence > (mark ?? 0) - REPEATED && (mark !== undefined || event.timeMs >= fromMs))
          offer(session, event);
      }
    } else for (const asked of hello.subscriptions) look(session, asked);
    every(FLUSH_MS, session, () => flush(session));
    every(MARK_MS, session, () => mark(session));
  }

  function look(session: Open, asked: Subscribe): void {
    const refusal = terms.refuseLook(asked);
    if (refusal !== undefined) {
      const { retryAfterMs } = refusal;
      const error = { code: "NO", retryable: retryAfterMs > 0, retryAfterMs };
      return void session.end.send({
        message: { case: "refused", value: { subscriptionId: asked.id, error, message: "no more of these" } },
      });
    }
    session.looks.set(asked.id, asked);
    session.covered.delete(asked.id);
    session.loading.add(asked.id);
    time.after(terms.snapshotMs(), () => {
      if (session.end.closed || session.looks.get(asked.id) !== asked) return;
      const asOf = log.heads();
      const frames = framesOf(log.present(asked));
      const half = Math.floor(frames.length / 2);
      const part = { subscriptionId: asked.id };
      session.end.send({ message: { case: "snapshot", value: { ...part, frames: frames.slice(0, half) } } });
      session.end.send({
        message: { case: "snapshot", value: { ...part, frames: frames.slice(half), asOf, complete: true } },
      });
      session.covered.set(asked.id, new Map(asOf.map(({ publisher, sequence }) => [publisher, sequence])));
      session.loading.delete(asked.id);
      session.queue = session.queue.filter((event) => wants(session, event));
    });
  }

  function wants({ looks, covered }: Open, event: Said): boolean {
    for (const [id, asked] of looks)
      if (concerns(asked, event) && event.sequence > (covered.get(id)?.get(event.publisher) ?? 0))
        return true;
    return false;
  }

  function offer(session: Open, event: Said): void {
    if (wants(session, event)) session.queue.push(event);
  }

  function flush(session: Open): void {
    if (session.loading.size > 0 || session.queue.length === 0) return;
    const frames = framesOf(session.queue.splice(0));
    session.end.send({ message: { case: "batch", value: { number: 1, frames } } });
  }

  function mark(session: Open): void {
    if (session.loading.size > 0) return;
    flush(session);
    session.end.send({ message: { case: "mark", value: { marks: log.heads(), timeMs: time.now() } } });
  }

  function every(ms: number, session: Open, run: () => void): void {
    time.after(ms, () => {
      if (session.end.closed) return;
      run();
      every(ms, session, run);
    });
  }

  return {
    log,
    terms,
    get sessions() {
      return [...open.values()];
    },
    dial() {
      const line = createFakeLine(
        time,
        () => terms.delayMs(),
        hear,
        (end) => {
          open.delete(end);
          dialled.delete(end);
        },
      );
      dialled.add(line.end);
      if (terms.down) line.end.cut("refused");
      else line.open();
      return line.socket;
    },
    say(publisher, region) {
      const event = log.say(publisher, region, time.now());
      for (const session of open.values()) offer(session, event);
    },
    cutAll() {
      for (const end of [...dialled]) end.cut("cut");
    },
  };
}
