import { randomUUID } from "node:crypto";
import { fingerprint } from "@orrery/schema/registry";
import { type Hello, Resume } from "@orrery/schema/router/v1";
import { OrreryError } from "@orrery/wire";
import { endedWorlds } from "../ended-worlds.ts";
import { routerErrors } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { parcelOf } from "../parcel.ts";
import { missedSince } from "../resume.ts";
import type { SeenEvent } from "../seen-event.ts";
import { createSession, type Session } from "../session.ts";
import { type Claims, mayJoin } from "../tokens/claims.ts";
import type { Connection, Doorway, Send } from "./connection.ts";
import { loadSnapshots } from "./load.ts";
import { clockDial } from "./said.ts";

const VERSION = 1;
const MOST_MARKS = 256;
const RETRY_CLOCK_MS = 2_000;

/**
 * Takes a client in: who it is, where it was cut off, and what it looks at. Live events are heard from before
 * the search for what it missed, and put behind it.
 * @throws ROUTER_VERSION, ROUTER_TOKEN_*, ROUTER_TOO_LARGE, ROUTER_RATE_LIMITED, ROUTER_SUBSCRIPTION, ROUTER_SCOPE
 */
export async function greet(
  hello: Hello,
  doorway: Doorway,
  connection: Connection,
  send: Send,
  entered: (session: Session) => void,
): Promise<Session> {
  const { kit, edge, events } = doorway;
  const claims = await admit(hello, doorway);
  const world = hello.worldId;
  const session = createSession({
    id: randomUUID(),
    hello,
    claims,
    world,
    connectedMs: kit.clock.now(),
    share: edge.seating.shareFor(hello),
  });
  const cursor = hello.cursor?.worldId === world ? hello.cursor : undefined;
  const early: SeenEvent[] = [];
  const stopListening = events.listen(world, (event) => early.push(event));
  try {
    const [missed] = await Promise.all([
      cursor && missedSince(kit, events.ring(world), cursor),
      events.clocks.ask(world),
    ]);
    // Who hung up meanwhile never came: no session would ever end it.
    connection.signal.throwIfAborted();
    session.resumes = cursor === undefined ? 0 : 1;
    const begins = missed === undefined ? "with snapshots" : "where the cursor is";
    const looks = hello.subscriptions.map((asked) => session.look(asked, begins));
    entered(session);
    await edge.opened(connection, session);
    welcome(session, missed !== undefined, doorway, send);
    if (events.clocks.of(world) === undefined) void tellClock(session, doorway, send, connection.signal);
    const now = kit.clock.now();
    const reached = new Map(cursor?.marks.map((mark) => [mark.publisher, mark.sequence]));
    const news = [...(missed ?? []), ...early].filter(({ publisher, sequence }) => {
      if (missed !== undefined && sequence <= (reached.get(publisher) ?? 0)) return false;
      reached.set(publisher, sequence);
      return true;
    });
    session.offer(parcelOf(news), now);
    events.enter(session);
    for (const look of looks) {
      events.looks(session, look);
      if (missed === undefined) void loadSnapshots(kit, session, look, send, connection.signal);
    }
    return session;
  } finally {
    stopListening();
  }
}

/** The clock of a world whose time-manager did not answer at once. */
async function tellClock(
  { world }: Session,
  { kit, events }: Doorway,
  send: Send,
  signal: AbortSignal,
): Promise<void> {
  while ((await events.clocks.ask(world)) === undefined) {
    await kit.clock.sleep(RETRY_CLOCK_MS, signal);
    if (signal.aborted) return;
  }
  const clock = clockDial(events, world);
  if (clock !== undefined && !signal.aborted) send({ message: { case: "clock", value: clock } });
}

async function admit(hello: Hello, { kit, edge, outside }: Doorway): Promise<Claims> {
  if (!hello.versions.includes(VERSION)) {
    const given = `client ${hello.versions.join(", ") || "none"}; edge ${VERSION}`;
    throw new OrreryError(routerErrors.ROUTER_VERSION, { given });
  }
  const claims = await edge.verify(hello.token);
  if (!mayJoin(claims, hello.worldId))
    throw new OrreryError(routerErrors.ROUTER_TOKEN_AUDIENCE, { given: `world ${hello.worldId}` });
  if (kit.part(endedWorlds).has(hello.worldId))
    throw new OrreryError(routerErrors.ROUTER_WORLD_ENDED, { given: hello.worldId });
  if (hello.cursor !== undefined && hello.cursor.marks.length > MOST_MARKS) {
    const given = `a cursor of ${hello.cursor.marks.length} marks`;
    throw new OrreryError(routerErrors.ROUTER_TOO_LARGE, { given });
  }
  const waitMs = outside ? edge.arrivals.take(claims.player, kit.clock.now()) : 0;
  if (waitMs > 0) throw new OrreryError(routerErrors.ROUTER_RATE_LIMITED, { retryAfterMs: waitMs });
  return claims;
}

function welcome(session: Session, gapless: boolean, { kit, events }: Doorway, send: Send): void {
  const clock = clockDial(events, session.world);
  const { messages, calls, subscriptions, regions, entities, messageBytes } = LIMITS;
  send({
    message: {
      case: "welcome",
      value: {
        sessionId: session.id,
        version: VERSION,
        playerId: session.player,
        worldId: session.world,
        nowMs: kit.hostMs(),
        heartbeatMs: LIMITS.pingMs,
        schemaFingerprint: fingerprint,
        resume: gapless ? Resume.GAPLESS : Resume.SNAPSHOT,
        limits: {
          messagesPerS: messages.perS,
          callsPerS: calls.perS,
          subscriptions,
          regions,
          entities,
          messageBytes,
        },
        ...(clock && { clock }),
      },
    },
  });
}
