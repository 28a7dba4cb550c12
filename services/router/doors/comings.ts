import { fingerprint } from "@orrery/schema/registry";
import { ByeReason, ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import type { Kit } from "@orrery/service";
import { LIMITS } from "../limits.ts";
import type { Openings } from "../openings.ts";
import type { Session } from "../session.ts";
import type { Before, Entry, Presence } from "./presence.ts";

/**
 * Says who comes and who goes: ClientConnected when a device comes in, ClientDisconnected when nobody came back
 * within the linger. Coming back in time says nothing, through whichever door of the deployment; a device that comes
 * into another world has left the one it was in at once.
 */
export interface Comings {
  /** A session is the newest of its device. */
  entered(session: Session): Promise<void>;
  /** Its connection has ended; somebody may come back for a while. */
  left(session: Session, reason: ByeReason): void;
  /** Lets nobody linger any more, and says what is still to be said. */
  stop(): Promise<void>;
}

/** A session that may have ended with its process, or at another door: then no more is known of it. */
interface Gone extends Before, Pick<Entry, "player" | "device"> {
  readonly sent: number;
  readonly coalesced: number;
  readonly resumes: number;
}

const UNKNOWN = { sent: 0, coalesced: 0, resumes: 0 };

/** @param openings what settings knows of sessions */
export async function createComings(
  kit: Kit,
  presence: Presence,
  openings: Pick<Openings, "open" | "close">,
): Promise<Comings> {
  const stopping = new AbortController();
  const departures = new Set<Promise<void>>();
  const publishers = new Map<string, ReturnType<typeof kit.bus.publisher>>();

  function publisherOf(world: string): ReturnType<typeof kit.bus.publisher> {
    const known = publishers.get(world);
    if (known !== undefined) return known;
    const made = kit.bus.publisher({ source: kit.service, world, fingerprint });
    publishers.set(world, made);
    return made;
  }

  function linger(departing: Gone, reason: ByeReason): void {
    const leaving = depart(departing, reason)
      .catch((error: unknown) =>
        kit.log.error({ err: error, sessionId: departing.session }, "a departure could not be said"),
      )
      .finally(() => departures.delete(leaving));
    departures.add(leaving);
  }

  async function depart(departing: Gone, reason: ByeReason): Promise<void> {
    await kit.clock.sleep(LIMITS.lingerMs, stopping.signal);
    if (!(await presence.gone(departing.session))) return;
    openings.close(departing.opened);
    await sayGone(departing, reason);
  }

  async function sayGone(gone: Gone, reason: ByeReason): Promise<void> {
    const { session: sessionId, player: playerId, device: deviceId, world, connectedMs } = gone;
    const atMs = kit.clock.now();
    const fault = reason !== ByeReason.CLOSED && reason !== ByeReason.REPLACED;
    const { engine, engineVersion, sent, coalesced, resumes } = gone;
    const about = {
      ...{ sessionId, playerId, deviceId, engine, engineVersion },
      ...{ sent, coalesced, resumes, reason, fault },
    };
    await publisherOf(world).publish(ClientDisconnected, { ...about, durationMs: atMs - connectedMs, atMs });
  }

  for (const entry of await presence.leftBehind()) linger({ ...entry, ...UNKNOWN }, ByeReason.LOST);

  return {
    async entered(session) {
      const before = await presence.enter(entryOf(session));
      if (before !== undefined) {
        if (before.opened !== session.opened) openings.close(before.opened);
        if (before.world === session.world) return;
        const { player, device } = session;
        await sayGone({ ...before, ...UNKNOWN, player, device }, ByeReason.REPLACED);
      } else if (session.opened !== "" && session.opened !== session.id) {
        // It came back as the linger ended, and what it was to go on with has been closed.
        Object.assign(session, await openings.open(session));
        await presence.enter(entryOf(session));
      }
      const { engine, engineVersion, platform, clientBuild, sdkVersion, locale } = session.hello;
      await publisherOf(session.world).publish(ClientConnected, {
        sessionId: session.id,
        playerId: session.player,
        deviceId: session.device,
        engine,
        engineVersion,
        platform,
        clientBuild,
        sdkVersion,
        locale,
        tier: session.tier,
        resumed: session.resumes > 0,
        atMs: kit.clock.now(),
      });
    },
    left(session, reason) {
      const { sent, resumes, queue } = session;
      linger({ ...entryOf(session), sent, resumes, coalesced: queue.coalesced }, reason);
    },
    async stop() {
      stopping.abort();
      await Promise.all(departures);
      for (const publisher of publishers.values()) await publisher.close();
    },
  };
}

function entryOf({ id, player, device, world, connectedMs, hello, ...rest }: Session): Entry {
  const { engine, engineVersion } = hello;
  const { opened, tier, policyId: policy } = rest;
  return { session: id, player, device, world, opened, tier, policy, engine, engineVersion, connectedMs };
}
