import { randomUUID } from "node:crypto";
import { fingerprint } from "@orrery/schema/registry";
import { type Hello, Resume } from "@orrery/schema/router/v1";
import { OrreryError } from "@orrery/wire";
import { adoptions } from "../adoptions.ts";
import { endedWorlds } from "../ended-worlds.ts";
import { routerErrors } from "../errors.ts";
import { openings } from "../openings.ts";
import { interestOf } from "../interest.ts";
import { LIMITS } from "../limits.ts";
import type { Parcel } from "../parcel.ts";
import { placeOf } from "../resume.ts";
import type { Ring } from "../ring.ts";
import type { Place } from "../streams.ts";
import { createSession, type Session } from "../session.ts";
import { type Claims, mayJoin } from "../tokens/claims.ts";
import type { Connection, Doorway, Send } from "./connection.ts";
import { loadSnapshots } from "./load.ts";
import { clockDial } from "./said.ts";

const VERSION = 1;
const RETRY_CLOCK_MS = 2_000;

/**
 * Takes a client in: who it is, where it was cut off, and what it looks at. What it missed is in the ring before it
 * begins to hear.
 * @throws ROUTER_VERSION, ROUTER_TOKEN_*, ROUTER_SETTINGS_AWAY, ROUTER_WORLD_UNKNOWN, ROUTER_RATE_LIMITED, ROUTER_SUBSCRIPTION, ROUTER_SCOPE
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
  session.check(hello.subscriptions);
  const place = placeOf(hello.cursor, world, kit.clock.now(), kit.part(adoptions).lastMs(world));
  const past = events.past(world);
  if (place === undefined) past.settle();
  await Promise.all([edge.open(session), place && past.reach(place), events.clocks.ask(world)]);
  if (connection.signal.aborted) {
    // Who hung up meanwhile never came: no session would ever end it.
    if (session.opened === session.id) kit.part(openings).close(session.opened);
    connection.signal.throwIfAborted();
  }
  session.resumes = hello.cursor === undefined ? 0 : 1;
  entered(session);
  await edge.opened(connection, session);
  await edge.turnstile.pass();
  begin(session, place, doorway, connection, send);
  return session;
}

/** From what was missed on to what comes live, in one turn: nothing can come between. */
function begin(
  session: Session,
  place: Place | undefined,
  doorway: Doorway,
  { signal }: Connection,
  send: Send,
): void {
  const { kit, events } = doorway;
  const ring = events.ring(session.world);
  const nowMs = kit.clock.now();
  const missed = place && missedBy(session, place, ring, nowMs);
  const resumes = missed !== undefined;
  const looks = session.hello.subscriptions.map((asked) => {
    const begins = resumes && !asked.fresh ? "where the cursor is" : "with snapshots";
    return { begins, look: session.look(asked, begins) } as const;
  });
  welcome(session, resumes, doorway, send);
  if (events.clocks.of(session.world) === undefined) void tellClock(session, doorway, send, signal);
  if (missed !== undefined) {
    session.catchUp(missed, nowMs);
    session.has(ring.streams.early(place as Place));
  }
  events.enter(session);
  for (const { begins, look } of looks) {
    events.looks(session, look);
    if (begins === "with snapshots") void loadSnapshots(kit, session, look, send, signal);
  }
}

/** What a client lacks that stands there; undefined: nobody knows, or it is more than it is worth to catch up with. */
function missedBy(
  { hello, claims, player }: Session,
  place: Place,
  ring: Ring,
  nowMs: number,
): readonly Parcel[] | undefined {
  if (ring.streams.lacks(place)?.length !== 0) return undefined;
  const known = hello.subscriptions.filter(({ fresh }) => !fresh);
  const interests = known.map((asked) => interestOf(asked, claims.scopes));
  const missed = ring.after(place, { player, interests }, nowMs);
  const bytes = missed.reduce((sum, parcel) => sum + parcel.bytes, 0);
  return bytes > LIMITS.catchUpBytes ? undefined : missed;
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

async function admit(hello: Hello, { kit, edge, address }: Doorway): Promise<Claims> {
  checkTexts(hello);
  if (!hello.versions.includes(VERSION)) {
    const given = `client ${hello.versions.join(", ") || "none"}; edge ${VERSION}`;
    throw new OrreryError(routerErrors.ROUTER_VERSION, { given });
  }
  const claims = await edge.identify(hello.token, address);
  const { worldId } = hello;
  if (!mayJoin(claims, worldId))
    throw new OrreryError(routerErrors.ROUTER_TOKEN_AUDIENCE, { given: `world ${worldId}` });
  if (kit.part(endedWorlds).has(worldId))
    throw new OrreryError(routerErrors.ROUTER_WORLD_ENDED, { given: worldId });
  edge.gate.comes(claims.player, address);
  if (!(await edge.isWorld(worldId)))
    throw new OrreryError(routerErrors.ROUTER_WORLD_UNKNOWN, { given: JSON.stringify(worldId) });
  return claims;
}

/** Texts that are told on and kept: nobody needs them longer. @throws ROUTER_PROTOCOL */
function checkTexts(hello: Hello): void {
  const { deviceId, engine, engineVersion, platform, clientBuild, sdkVersion, locale, worldId } = hello;
  const texts = { deviceId, engine, engineVersion, platform, clientBuild, sdkVersion, locale, worldId };
  for (const [name, { length }] of Object.entries(texts)) {
    const most = name === "platform" ? LIMITS.platformLength : LIMITS.textLength;
    if (length > most) {
      const given = `${name} of ${length} characters, at most ${most}`;
      throw new OrreryError(routerErrors.ROUTER_PROTOCOL, { given });
    }
  }
}

function welcome(session: Session, gapless: boolean, { kit, edge, events }: Doorway, send: Send): void {
  const clock = clockDial(events, session.world);
  const { subscriptions, regions, entities, messageBytes } = LIMITS;
  const { messages, playerCalls, adminCalls } = edge.gate.rates;
  const calls = session.claims.role === "admin" ? adminCalls : playerCalls;
  send({
    message: {
      case: "welcome",
      value: {
        sessionId: session.id,
        version: VERSION,
        playerId: session.player,
        worldId: session.world,
        tier: session.tier,
        policyId: session.policyId,
        openedSessionId: session.opened,
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
