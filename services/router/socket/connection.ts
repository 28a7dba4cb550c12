import { randomUUID } from "node:crypto";
import { type ClientMessage, Resume, type ServerMessage } from "@orrery/schema/router/v1";
import { ClockAdjusted } from "@orrery/schema/time/v1";
import type { Kit } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import type { WebSocket } from "ws";
import { routerErrors } from "../errors.ts";
import type { FanOut } from "../fan-out.ts";
import { type Bucket, bucket } from "../gcra.ts";
import { LIMITS } from "../limits.ts";
import type { Edge } from "../edge.ts";
import { missedSince } from "../resume.ts";
import type { SeenEvent } from "../seen-event.ts";
import { createSession, type Session } from "../session.ts";
import { askSnapshots, snapshotServices } from "../snapshots.ts";
import { mayJoin } from "../tokens/claims.ts";
import { type Farewell, farewellFor } from "./bye.ts";
import { type Calls, createCalls } from "./calls.ts";
import type { MessageForm } from "./wire.ts";
import type { Interest } from "../interest.ts";
import { ByeReason } from "@orrery/schema/router/v1";
import { CLOSE } from "./bye.ts";
import { fingerprint } from "@orrery/schema/registry";

const VERSION = 1;
const RETRY_SNAPSHOT_MS = 2_000;

/** One socket: reads what the client says, and writes what its session's queue holds. */
export interface Connection {
  readonly session: Session | undefined;
  /** Writes what fits; called at the client's pace. */
  flush(nowMs: number): void;
  mark(): void;
  ping(nowMs: number): void;
  close(farewell: Farewell): void;
}

export function openConnection(
  socket: WebSocket,
  form: MessageForm,
  kit: Kit,
  edge: Edge,
  events: FanOut,
): Connection {
  const closing = new AbortController();
  const messages: Bucket = bucket(LIMITS.messages.perS, LIMITS.messages.burst);
  const inbound: Bucket = bucket(LIMITS.inboundBytes.perS, LIMITS.inboundBytes.burst);
  const changes: Bucket = bucket(LIMITS.subscriptionChanges.perS, LIMITS.subscriptionChanges.burst);
  let session: Session | undefined;
  let calls: Calls | undefined;
  let stopListening = () => {};
  let heardMs = kit.clock.now();
  let refusals: number[] = [];
  let number = 0;
  let said: Farewell | undefined;
  let work: Promise<void> = Promise.resolve();

  function send(message: InitOf<typeof ServerMessage>): number {
    if (socket.readyState !== socket.OPEN) return 0;
    const data = form.write(message);
    socket.send(data);
    if (session !== undefined) session.bytes += data.length;
    return data.length;
  }

  function close(farewell: Farewell): void {
    if (said !== undefined) return;
    said = farewell;
    const { reason, code, message, retryAfterMs } = farewell;
    send({ message: { case: "bye", value: { reason, code, message, retryAfterMs } } });
    socket.close(farewell.close, code.slice(0, 120));
    // A client that does not read gets no say in when it is over.
    if (farewell.close === CLOSE.slow) socket.terminate();
  }

  /** Too much at once is refused, and after many refusals the socket is closed. */
  function limited(waitMs: number): boolean {
    if (waitMs === 0) return false;
    const now = kit.clock.now();
    refusals = [...refusals.filter((atMs) => now - atMs < LIMITS.refusalsMs), now];
    if (refusals.length >= LIMITS.refusals) {
      close(
        farewellFor(new OrreryError(routerErrors.ROUTER_RATE_LIMITED, { retryAfterMs: LIMITS.refusalsMs })),
      );
    }
    return true;
  }

  async function hello(message: ClientMessage["message"]): Promise<void> {
    if (message.case !== "hello")
      throw new OrreryError(routerErrors.ROUTER_PROTOCOL, { given: `${message.case} before hello` });
    const given = message.value;
    if (!given.versions.includes(VERSION)) {
      throw new OrreryError(routerErrors.ROUTER_VERSION, {
        given: `client ${given.versions.join(", ") || "none"}; edge ${VERSION}`,
      });
    }
    const claims = await edge.verify(given.token);
    if (!mayJoin(claims, given.worldId))
      throw new OrreryError(routerErrors.ROUTER_TOKEN_AUDIENCE, { given: `world ${given.worldId}` });
    if (given.cursor !== undefined && given.cursor.marks.length > 256) {
      throw new OrreryError(routerErrors.ROUTER_TOO_LARGE, {
        given: `a cursor of ${given.cursor.marks.length} marks`,
      });
    }
    const opened = createSession({
      id: randomUUID(),
      hello: given,
      claims,
      world: given.worldId,
      connectedMs: kit.clock.now(),
    });
    session = opened;
    calls = createCalls(kit, edge.methods, opened, form, send);
    const cursor = given.cursor?.worldId === given.worldId ? given.cursor : undefined;
    // Live events are heard from here on; what the cursor lacks is put before them.
    const early: SeenEvent[] = [];
    let offer = (event: SeenEvent): void => {
      early.push(event);
    };
    stopListening = events.listen(given.worldId, (event) => offer(event));
    const missed =
      cursor === undefined ? undefined : await missedSince(kit, events.ring(given.worldId), cursor);
    opened.resumes = cursor === undefined ? 0 : 1;
    await edge.opened(connection, opened);
    const gapless = missed !== undefined;
    welcome(opened, gapless);
    const now = kit.clock.now();
    const reached = new Map(cursor?.marks.map((mark) => [mark.publisher, mark.sequence]));
    if (gapless) for (const asked of given.subscriptions) opened.lookOn(asked);
    const loads = gapless ? [] : given.subscriptions.map((asked) => opened.look(asked));
    for (const event of [...(missed ?? []), ...early]) {
      if (gapless && event.sequence <= (reached.get(event.publisher) ?? 0)) continue;
      if (gapless) reached.set(event.publisher, event.sequence);
      opened.offer(event, now);
    }
    offer = (event) => opened.offer(event, kit.clock.now());
    for (const interest of loads) void load(opened, interest);
  }

  function welcome(opened: Session, gapless: boolean): void {
    const clock = dial(opened.world);
    send({
      message: {
        case: "welcome",
        value: {
          sessionId: opened.id,
          version: VERSION,
          playerId: opened.player,
          worldId: opened.world,
          nowMs: kit.clock.now(),
          heartbeatMs: LIMITS.pingMs,
          schemaFingerprint: fingerprint,
          resume: gapless ? Resume.GAPLESS : Resume.SNAPSHOT,
          limits: {
            messagesPerS: LIMITS.messages.perS,
            callsPerS: LIMITS.calls.perS,
            subscriptions: LIMITS.subscriptions,
            regions: LIMITS.regions,
            entities: LIMITS.entities,
            messageBytes: LIMITS.messageBytes,
          },
          ...(clock && { clock }),
        },
      },
    });
  }

  function dial(world: string) {
    const bytes = events.clock(world);
    return bytes && { adjusted: ClockAdjusted.decode(bytes), stale: false };
  }

  /** Sends a subscription's snapshots; services that fail are named and asked until they answer. */
  async function load(opened: Session, interest: Interest): Promise<void> {
    const marks = new Map<string, number>();
    let missing = snapshotServices(kit);
    for (let first = true; missing.length > 0 && !closing.signal.aborted; first = false) {
      if (!first) await kit.clock.sleep(RETRY_SNAPSHOT_MS, closing.signal);
      const answers = await askSnapshots(kit, opened.world, opened.player, interest, missing);
      if (opened.interests.get(interest.id) !== interest) return;
      const given = answers.filter(({ frame }) => frame !== undefined);
      const asOf = given.flatMap((answer) => [...answer.asOf]);
      for (const mark of asOf) marks.set(mark.publisher, mark.sequence);
      missing = answers.filter(({ frame }) => frame === undefined).map(({ service }) => service);
      const frames = given.map(({ frame }) => frame as Uint8Array);
      send({
        message: {
          case: "snapshot",
          value: { subscriptionId: interest.id, frames, asOf, complete: missing.length === 0 },
        },
      });
      if (missing.length > 0) send({ message: { case: "missing", value: { services: missing } } });
      if (first) opened.loaded(interest.id, marks, kit.clock.now());
    }
    if (missing.length === 0 && snapshotServices(kit).length === 0) {
      send({ message: { case: "snapshot", value: { subscriptionId: interest.id, complete: true } } });
      opened.loaded(interest.id, marks, kit.clock.now());
    }
  }

  async function handle(message: ClientMessage["message"]): Promise<void> {
    const opened = session;
    if (opened === undefined) return hello(message);
    const now = kit.clock.now();
    switch (message.case) {
      case "subscribe": {
        if (limited(changes.take(now))) return;
        void load(opened, opened.look(message.value));
        return;
      }
      case "unsubscribe":
        opened.leave(message.value.id);
        return;
      case "call":
        calls?.start(message.value);
        return;
      case "cancel":
        calls?.cancel(message.value.id);
        return;
      case "reauth": {
        const claims = await edge.verify(message.value.token);
        if (claims.player !== opened.player)
          throw new OrreryError(routerErrors.ROUTER_NOT_SELF, { given: claims.player });
        opened.claims = claims;
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
    if (limited(Math.max(messages.take(now), inbound.take(now, data.length)))) {
      if (session === undefined) close(farewellFor(new OrreryError(routerErrors.ROUTER_RATE_LIMITED)));
      return;
    }
    // One at a time, in order: what a message asks for is begun before the next one is looked at.
    work = work
      .then(() => (said === undefined ? handle(form.read(data, isBinary).message) : undefined))
      .catch((error: unknown) => close(farewellFor(error)));
  });
  socket.on("pong", () => {
    heardMs = kit.clock.now();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    closing.abort();
    stopListening();
    calls?.close();
    edge.closed(connection, said);
  });
  void kit.clock.sleep(LIMITS.helloMs, closing.signal).then(() => {
    if (session === undefined && !closing.signal.aborted) {
      close(farewellFor(new OrreryError(routerErrors.ROUTER_PROTOCOL, { given: "no hello within 5 s" })));
    }
  });

  const connection: Connection = {
    get session() {
      return session;
    },
    flush(nowMs) {
      if (session === undefined || session.queue.events === 0) return;
      const late = nowMs - session.queue.oldestMs();
      if (
        session.queue.bytes > LIMITS.slowBytes ||
        late > LIMITS.slowMs ||
        socket.bufferedAmount > LIMITS.slowBytes
      ) {
        const given = `${session.queue.events} events, ${session.queue.bytes} bytes wait, the oldest for ${Math.round(Math.max(0, late))} ms`;
        return close(farewellFor(new OrreryError(routerErrors.ROUTER_SLOW, { given })));
      }
      if (socket.bufferedAmount > LIMITS.tightBytes) return;
      const taken = session.queue.take(session.hello.maxBatch || LIMITS.tightBytes);
      number = (number + 1) >>> 0;
      session.sent += taken.length;
      send({ message: { case: "batch", value: { number, frames: [...edge.batcher.frames(taken)] } } });
      for (const event of taken) if (event.type === ClockAdjusted.typeName) sendClock(event.world);
    },
    mark() {
      if (session === undefined || session.queue.events > 0) return;
      const heads = events.ring(session.world).heads();
      const marks = [...heads].map(([publisher, { sequence, lane }]) => ({
        publisher,
        sequence,
        lane: LANE_NUMBERS[lane],
      }));
      if (marks.length > 0) send({ message: { case: "mark", value: { marks } } });
    },
    ping(nowMs) {
      if (nowMs - heardMs > LIMITS.deadMs) return socket.terminate();
      socket.ping();
    },
    close,
  };

  function sendClock(world: string): void {
    const clock = dial(world);
    if (clock !== undefined) send({ message: { case: "clock", value: clock } });
  }
  return connection;
}

const LANE_NUMBERS = { realtime: 1, standard: 2, bulk: 3 } as const;
