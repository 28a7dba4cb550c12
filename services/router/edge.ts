import type { DescMethod } from "@bufbuild/protobuf";
import { fingerprint } from "@orrery/schema/registry";
import { ByeReason, ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import type { Kit, Part } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { type BucketTable, bucketTable } from "./bucket-table.ts";
import { type Batcher, createBatcher } from "./batch.ts";
import type { RouterConfig } from "./config.ts";
import { routerErrors } from "./errors.ts";
import { fanOut } from "./fan-out.ts";
import { LIMITS } from "./limits.ts";
import { exposedMethods } from "./methods.ts";
import { createSeating, type Seating } from "./seating.ts";
import type { Session } from "./session.ts";
import { SHARES } from "./share.ts";
import { CLOSE, DRAINING, type Farewell, farewellFor } from "./socket/bye.ts";
import type { Connection } from "./socket/connection.ts";
import { adminSecret } from "./tokens/admin-secret.ts";
import { createIssuer, type Issuer } from "./tokens/issuer.ts";
import { signingKeys } from "./tokens/keys.ts";
import { tokenVerifier, type Verify } from "./tokens/verify.ts";

/** The doors of this process: who is in, and what keeps them moving. */
export interface Edge {
  readonly verify: Verify;
  readonly issuer: Issuer | undefined;
  readonly methods: ReadonlyMap<string, DescMethod>;
  readonly batcher: Batcher;
  /** How often each player may come. */
  readonly arrivals: BucketTable;
  connections(): readonly Connection[];
  readonly seating: Seating;
  /** A socket arrived, not yet known by name. */
  arrived(connection: Connection): void;
  /** Its Hello was taken: the newest of a (player, device) replaces the older. */
  opened(connection: Connection, session: Session): Promise<void>;
  closed(connection: Connection, farewell: Farewell | undefined): void;
  /** Ends every session of a player. @returns how many */
  endPlayer(player: string): number;
}

export const edge: Part<Edge> = {
  name: "edge",
  publishes: [ClientConnected, ClientDisconnected],
  subscribes: [],
  async start(kit: Kit) {
    const config = kit.config as RouterConfig;
    const development = config.developmentIssuer === "on";
    if (development && process.env["NODE_ENV"] === "production")
      throw new OrreryError(routerErrors.ROUTER_ISSUER);
    const keys = development ? await signingKeys(kit.folder) : undefined;
    const issuer =
      keys && (await createIssuer(kit.store, keys, config.audience, adminSecret(kit.folder), kit.clock));
    const verifyToken = tokenVerifier(config, keys, () => kit.clock.now());
    const connections = new Set<Connection>();
    const events = kit.part(fanOut);
    const shares = Array.from({ length: SHARES }, () => new Set<Connection>());
    const seating = createSeating();
    const byDevice = new Map<string, Connection>();
    const lingering = new Map<string, AbortController>();
    const departures = new Set<Promise<void>>();
    const batcher = createBatcher(fingerprint);
    const stopping = new AbortController();
    const opens = kit.metrics.gauge("orrery_sessions", "Open sessions");
    const closes = kit.metrics.counter("orrery_session_closes_total", "Ended connections", ["reason"]);
    const coalesced = kit.metrics.counter(
      "orrery_events_coalesced_total",
      "Events that a newer one replaced in a queue",
    );
    const deviceOf = (session: Session) => `${session.player}\n${session.device}`;

    function publish(world: string): ReturnType<typeof kit.bus.publisher> {
      let made = publishers.get(world);
      if (made === undefined)
        publishers.set(world, (made = kit.bus.publisher({ source: kit.service, world, fingerprint })));
      return made;
    }
    const publishers = new Map<string, ReturnType<typeof kit.bus.publisher>>();

    /**
     * One rhythm for all: serves the connections at the clients' pace, a share of them at a time, so that nobody
     * waits for everybody. From beat to beat, not from the end of one: what a beat costs must not slow the pace, and
     * shares that came due meanwhile are served at once. What was missed longer ago than a round stays missed.
     */
    async function beat(): Promise<void> {
      const round = 1000 / config.clientEventHz;
      let due = kit.clock.now();
      for (let share = 0; !stopping.signal.aborted; ) {
        await kit.clock.sleep(due - kit.clock.now(), stopping.signal);
        const now = kit.clock.now();
        for (due = Math.max(due, now - round); due <= now; due += round / SHARES) {
          serve(share, now);
          share = (share + 1) % SHARES;
        }
      }
    }

    function serve(share: number, now: number): void {
      events.settle(share, now);
      for (const connection of shares[share] ?? []) connection.flush(now);
      batcher.next();
    }
    const beating = beat();

    const handle: Edge = {
      async verify(token) {
        const claims = await verifyToken(token);
        if (claims.issuedMs + 999 < (issuer?.revokedMs(claims.player) ?? 0)) {
          throw new OrreryError(routerErrors.ROUTER_TOKEN_EXPIRED, { given: "revoked" });
        }
        return claims;
      },
      issuer,
      methods: exposedMethods(),
      batcher,
      arrivals: bucketTable(LIMITS.connectsAPlayer),
      connections: () => [...connections],
      arrived(connection) {
        connections.add(connection);
      },
      seating,
      async opened(connection, session) {
        const device = deviceOf(session);
        byDevice.get(device)?.close({
          reason: ByeReason.REPLACED,
          close: CLOSE.replaced,
          code: "",
          message: "The same player connected again from the same device",
          retryAfterMs: 0,
        });
        byDevice.set(device, connection);
        shares[session.share]?.add(connection);
        seating.take(session);
        lingering.get(device)?.abort();
        const resumed = lingering.delete(device);
        opens(byDevice.size);
        if (!resumed)
          await publish(session.world).publish(ClientConnected, aboutSession(session, kit.clock.now()));
      },
      closed(connection, farewell) {
        connections.delete(connection);
        const { session } = connection;
        if (session !== undefined && shares[session.share]?.delete(connection)) seating.leave(session);
        closes(1, { reason: byeName(farewell?.reason ?? ByeReason.LOST) });
        if (session === undefined) return;
        coalesced(session.queue.coalesced);
        const device = deviceOf(session);
        if (byDevice.get(device) !== connection) return;
        byDevice.delete(device);
        opens(byDevice.size);
        const leaving = linger(session, device, farewell?.reason ?? ByeReason.LOST)
          .catch((error: unknown) =>
            kit.log.error({ err: error, sessionId: session.id }, "a departure could not be said"),
          )
          .finally(() => departures.delete(leaving));
        departures.add(leaving);
      },
      endPlayer(player) {
        let ended = 0;
        for (const connection of connections) {
          if (connection.session?.player !== player) continue;
          ended += 1;
          connection.close(
            farewellFor(new OrreryError(routerErrors.ROUTER_TOKEN_EXPIRED, { given: "revoked" })),
          );
        }
        return ended;
      },
    };

    /** The session ends when nobody came back; a resume within the linger says nothing. */
    async function linger(session: Session, device: string, reason: ByeReason): Promise<void> {
      const back = new AbortController();
      lingering.set(device, back);
      await kit.clock.sleep(LIMITS.lingerMs, AbortSignal.any([back.signal, stopping.signal]));
      if (back.signal.aborted) return;
      lingering.delete(device);
      const atMs = kit.clock.now();
      const { id: sessionId, player: playerId, device: deviceId, sent, resumes, hello } = session;
      const fault = reason !== ByeReason.CLOSED && reason !== ByeReason.REPLACED;
      await publish(session.world).publish(ClientDisconnected, {
        sessionId,
        playerId,
        deviceId,
        engine: hello.engine,
        engineVersion: hello.engineVersion,
        reason,
        fault,
        durationMs: atMs - session.connectedMs,
        sent,
        coalesced: session.queue.coalesced,
        resumes,
        atMs,
      });
    }

    return {
      handle,
      async stop() {
        for (const connection of connections) connection.close(DRAINING);
        stopping.abort();
        await beating;
        await Promise.all(departures);
        for (const publisher of publishers.values()) await publisher.close();
      },
    };
  },
};

function byeName(reason: ByeReason): string {
  return Object.entries(ByeReason).find(([, value]) => value === reason)?.[0] ?? "LOST";
}

function aboutSession(session: Session, atMs: number): InitOf<typeof ClientConnected> {
  const { engine, engineVersion, platform, clientBuild, sdkVersion, locale } = session.hello;
  return {
    sessionId: session.id,
    playerId: session.player,
    deviceId: session.device,
    engine,
    engineVersion,
    platform,
    clientBuild,
    sdkVersion,
    locale,
    tier: "free",
    resumed: session.resumes > 0,
    atMs,
  };
}
