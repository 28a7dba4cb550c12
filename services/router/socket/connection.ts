import { setImmediate as nextTurn } from "node:timers/promises";
import { type ClientMessage, ByeReason, type ServerMessage } from "@orrery/schema/router/v1";
import type { Kit } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Edge } from "../edge.ts";
import { routerErrors } from "../errors.ts";
import type { FanOut } from "../fan-out.ts";
import { type Bucket, bucket } from "../gcra.ts";
import { LIMITS } from "../limits.ts";
import type { Session } from "../session.ts";
import { mayJoin } from "../tokens/claims.ts";
import { CLOSE, type Farewell, farewellFor } from "./bye.ts";
import { type Calls, createCalls } from "./calls.ts";
import { greet } from "./hello.ts";
import { createInFlight } from "./in-flight.ts";
import { loadSnapshots } from "./load.ts";
import { clockDial, positionMark, refusal } from "./said.ts";
import type { Pace } from "../pace/pace.ts";
import { waitsTooMuch } from "./slow.ts";
import { BINARY_PROTOCOL, type MessageForm } from "./wire.ts";

/** Reauthentication is owed this long after a token's end, before the socket is closed. */
const GRACE_MS = 60_000;

/** One socket: reads what the client says, and writes what its session's queue holds. */
export interface Connection {
  readonly session: Session | undefined;
  /** Aborted when the socket is closed. */
  readonly signal: AbortSignal;
  /** Writes what fits, and what else is due; called at the client's pace. */
  flush(nowMs: number): void;
  close(farewell: Farewell): void;
}

/** What a connection hangs on. */
export interface Doorway {
  readonly socket: WebSocket;
  /** What it writes to: batches go there as they are, at a fraction of the cost. */
  readonly raw: Duplex;
  readonly form: MessageForm;
  /** Where the client is, behind proxies that are trusted. */
  readonly address: string;
  readonly kit: Kit;
  readonly edge: Edge;
  readonly events: FanOut;
}

/** Sends a message if the socket still takes one. @returns its bytes */
export type Send = (message: InitOf<typeof ServerMessage>) => number;

const tooMuch = (waitMs: number) =>
  new OrreryError(routerErrors.ROUTER_RATE_LIMITED, { retryAfterMs: Math.ceil(waitMs) });

/** What leaves less to do is done also where there is too much of everything. */
const isRelief = (message: ClientMessage["message"]) =>
  message.case === "cancel" || message.case === "unsubscribe" || message.case === "bye";

export function openConnection(doorway: Doorway): Connection {
  const { socket, raw, form, kit, edge, events } = doorway;
  const closing = new AbortController();
  const { rates } = edge.gate;
  const messages: Bucket = bucket(rates.messages);
  const inbound: Bucket = bucket(rates.inboundBytes);
  const changes: Bucket = bucket(rates.subscriptionChanges);
  const inFlight = createInFlight();
  let session: Session | undefined;
  let calls: Calls | undefined;
  let heardMs = kit.clock.now();
  let refusals: number[] = [];
  let mostBytes = 0;
  let zstd = false;
  let number = 0;
  let greeting = false;
  let welcomed = false;
  let pace: Pace | undefined;
  let said: Farewell | undefined;
  let work: Promise<void> = Promise.resolve();
  let waiting = 0;
  /** Streams that wait until the client has read on. */
  const stalled: (() => void)[] = [];
  let gathering = false;
  let nextMarkMs = heardMs;
  /** Until nothing waits for the first time: what waits is what it missed, and what came since. */
  let catchesUp = true;
  /** When it took something last. */
  let tookMs = heardMs;
  /** What was heard before this was told, or is older than what a cursor has to name. */
  let markedMs = heardMs - 2 * LIMITS.clocksApartMs;
  let nextPingMs = heardMs + LIMITS.pingMs;

  /** What is sent within one turn goes out in one write: answers to many calls at once, mostly. */
  function gather(): void {
    if (gathering) return;
    gathering = true;
    raw.cork();
    void nextTurn().then(() => {
      gathering = false;
      raw.uncork();
    });
  }

  const send: Send = (message) => {
    if (socket.readyState !== socket.OPEN) return 0;
    const data = form.write(message);
    gather();
    socket.send(data);
    inFlight.sent(data.length);
    if (session !== undefined) session.bytes += data.length;
    return data.length;
  };

  /** Resolves when the client has read on, or is gone. */
  async function room(): Promise<void> {
    if (!inFlight.full || socket.readyState !== socket.OPEN) return;
    const probe = inFlight.probe();
    if (probe !== undefined) socket.ping(probe);
    await new Promise<void>((resolve) => stalled.push(resolve));
  }
  function goOn(): void {
    for (const resolve of stalled.splice(0)) resolve();
  }

  function close(farewell: Farewell): void {
    if (said !== undefined) return;
    said = farewell;
    const { reason, code, message, retryAfterMs } = farewell;
    send({ message: { case: "bye", value: { reason, code, message, retryAfterMs } } });
    socket.close(farewell.close, code.slice(0, 120));
  }

  /** Answers what is refused by its id. */
  function refuse(message: ClientMessage["message"], error: unknown): void {
    if (message.case === "call") calls?.refuse(message.value.id, error);
    else if (message.case === "subscribe" || message.case === "unsubscribe")
      send({ message: { case: "refused", value: refusal(message.value.id, error) } });
    else if (message.case === "reauth") send({ message: { case: "refused", value: refusal("", error) } });
    else return close(farewellFor(error));
    countRefusal();
  }

  /** After many the socket is closed. */
  function countRefusal(): void {
    const now = kit.clock.now();
    refusals = [...refusals.filter((atMs) => now - atMs < LIMITS.refusalsMs), now];
    if (refusals.length >= LIMITS.refusals) close(farewellFor(tooMuch(LIMITS.refusalsMs)));
  }

  async function hello(message: ClientMessage["message"]): Promise<void> {
    if (message.case !== "hello")
      throw new OrreryError(routerErrors.ROUTER_PROTOCOL, { given: `${message.case} before hello` });
    greeting = true;
    const opened = await greet(message.value, doorway, connection, send, (entered) => {
      session = entered;
      mostBytes = entered.hello.maxBatch || LIMITS.tightBytes;
      zstd = entered.hello.compression.includes("zstd");
      calls = createCalls(kit, edge.methods, edge.gate, entered, form, send, room);
    });
    if (closing.signal.aborted) events.leave(opened);
    else pace = events.paces.enter(opened);
    welcomed = true;
  }

  async function handle(message: ClientMessage["message"]): Promise<void> {
    const opened = session;
    if (opened === undefined) return hello(message);
    switch (message.case) {
      case "subscribe": {
        const waitMs = changes.take(kit.clock.now());
        if (waitMs > 0) throw tooMuch(waitMs);
        const look = opened.look(message.value, "with snapshots");
        events.looks(opened, look);
        void loadSnapshots(kit, opened, look, send, closing.signal);
        return;
      }
      case "unsubscribe": {
        const left = opened.leave(message.value.id);
        if (left !== undefined) events.looksAway(opened, left);
        return;
      }
      case "call":
        calls?.start(message.value);
        return;
      case "cancel":
        calls?.cancel(message.value.id);
        return;
      case "reauth": {
        const claims = await edge.identify(message.value.token, doorway.address);
        if (claims.player !== opened.player)
          throw new OrreryError(routerErrors.ROUTER_NOT_SELF, { given: claims.player });
        if (!mayJoin(claims, opened.world))
          throw new OrreryError(routerErrors.ROUTER_TOKEN_AUDIENCE, { given: `world ${opened.world}` });
        opened.claims = claims;
        calls?.recheck();
        return;
      }
      case "bye":
        close({ reason: ByeReason.CLOSED, close: CLOSE.normal, code: "", message: "", retryAfterMs: 0 });
        return;
      default:
        throw new OrreryError(routerErrors.ROUTER_PROTOCOL, {
          given: `${message.case ?? "an empty message"} after hello`,
        });
    }
  }

  socket.on("message", (data: Buffer, isBinary: boolean) => {
    const now = kit.clock.now();
    heardMs = now;
    if (said !== undefined) return;
    const waitMs = Math.max(messages.take(now), inbound.take(now, data.length));
    // One at a time, in order: what a message asks for is begun before the next one is looked at.
    waiting += 1;
    work = work
      .then(() => (said === undefined ? take(data, isBinary, waitMs) : undefined))
      .catch((error: unknown) => close(farewellFor(error)))
      .finally(() => (waiting -= 1));
    if (waiting > LIMITS.refusals) close(farewellFor(tooMuch(waitMs)));
  });

  async function take(data: Buffer, isBinary: boolean, waitMs: number): Promise<void> {
    const { message } = form.read(data, isBinary);
    try {
      if (waitMs > 0 && !isRelief(message)) throw tooMuch(waitMs);
      if (waitMs > 0) countRefusal();
      await handle(message);
    } catch (error) {
      // Before it is in there is nobody to answer, and what is no message of the protocol has no id.
      if (session === undefined || !welcomed) throw error;
      refuse(message, error);
    }
  }
  socket.on("pong", (payload: Buffer) => {
    heardMs = kit.clock.now();
    inFlight.answered(payload);
    if (!inFlight.full) goOn();
  });
  // What the socket itself refuses (a frame too large, bad UTF-8) closes it; `close` follows.
  socket.on("error", (error) => {
    kit.log.debug({ err: error }, "a socket failed");
  });
  socket.on("close", () => {
    closing.abort();
    if (session !== undefined) events.leave(session);
    if (session !== undefined && pace !== undefined) events.paces.leave(session);
    calls?.close();
    goOn();
    edge.closed(connection, said);
  });
  void kit.clock.sleep(LIMITS.helloMs, closing.signal).then(() => {
    if (!greeting && !closing.signal.aborted) {
      close(farewellFor(new OrreryError(routerErrors.ROUTER_PROTOCOL, { given: "no hello within 5 s" })));
    }
  });

  /** A sentence about what waits, if the client reads too slowly to stay. */
  function tooSlow({ queue, loading }: Session, nowMs: number): string | undefined {
    const lateMs = nowMs - (catchesUp ? Math.max(tookMs, queue.oldestMs()) : queue.oldestMs());
    if (!waitsTooMuch(queue, loading) && lateMs <= LIMITS.slowMs) return undefined;
    return `${queue.events} events, ${queue.bytes} bytes wait, the oldest for ${Math.round(Math.max(0, lateMs))} ms`;
  }

  /** @returns whether the probe went along */
  function write(opened: Session, probe: Buffer | undefined, nowMs: number): boolean {
    const parcel = opened.queue.take(mostBytes);
    if (parcel.events.length === 0) return false;
    tookMs = nowMs;
    if (opened.queue.events === 0) catchesUp = false;
    number = (number + 1) >>> 0;
    opened.sent += parcel.events.length;
    const { frames, message, clock } = edge.batcher.write(parcel, zstd);
    const shared = form.name === BINARY_PROTOCOL && socket.readyState === socket.OPEN;
    if (!shared) send({ message: { case: "batch", value: { number, frames: [...frames] } } });
    else {
      const bytes = message.send(raw, number, probe);
      inFlight.sent(bytes);
      opened.bytes += bytes;
    }
    const dial = clock ? clockDial(events, opened.world) : undefined;
    if (dial !== undefined) send({ message: { case: "clock", value: dial } });
    return shared;
  }

  /** All up to here was sent. */
  function mark(opened: Session, nowMs: number): void {
    const value = positionMark(events, opened, markedMs, nowMs);
    markedMs = nowMs;
    nextMarkMs = nowMs + LIMITS.markMs;
    send({ message: { case: "mark", value } });
  }

  function ping(nowMs: number): void {
    if (nowMs - heardMs > LIMITS.deadMs) return socket.terminate();
    if (socket.readyState === socket.OPEN) socket.ping();
  }

  const connection: Connection = {
    get session() {
      return session;
    },
    signal: closing.signal,
    flush(nowMs) {
      if (session === undefined || !welcomed || said !== undefined) return;
      if (nowMs >= session.claims.expiresMs + GRACE_MS)
        return close(farewellFor(new OrreryError(routerErrors.ROUTER_TOKEN_EXPIRED)));
      const probe = inFlight.probe();
      let asked = false;
      if (session.queue.events > 0) {
        const given = tooSlow(session, nowMs);
        if (given !== undefined)
          return close(farewellFor(new OrreryError(routerErrors.ROUTER_SLOW, { given })));
        if (!session.loading && !inFlight.full && pace?.due(nowMs) !== false) {
          asked = write(session, probe, nowMs);
          pace?.went(nowMs);
          // Who has come back gets what it missed as others do, and behind it what came since.
          if (session.queue.events > 0 && !inFlight.full) write(session, undefined, nowMs);
        }
      }
      if (probe !== undefined && !asked && socket.readyState === socket.OPEN) socket.ping(probe);
      if (nowMs >= nextMarkMs && !session.loading && session.queue.events === 0) {
        mark(session, nowMs);
      }
      if (nowMs >= nextPingMs) {
        nextPingMs = nowMs + LIMITS.pingMs;
        ping(nowMs);
      }
    },
    close,
  };
  return connection;
}
