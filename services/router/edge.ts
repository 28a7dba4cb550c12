import { setImmediate as nextTurn } from "node:timers/promises";
import type { DescMethod } from "@bufbuild/protobuf";
import { fingerprint } from "@orrery/schema/registry";
import { ByeReason, ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import type { Kit, Part } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { adoptions } from "./adoptions.ts";
import { type Batcher, createBatcher } from "./batch.ts";
import type { RouterConfig } from "./config.ts";
import { createComings } from "./doors/comings.ts";
import { createPresence } from "./doors/presence.ts";
import { routerErrors } from "./errors.ts";
import { fanOut } from "./fan-out.ts";
import { endedWorlds } from "./ended-worlds.ts";
import { openings } from "./openings.ts";
import { type AddressOf, addressesBehind } from "./gate/address.ts";
import { createGate, type Gate } from "./gate/gate.ts";
import { type Names, namesOf } from "./gate/names.ts";
import { createRunningStreams, type RunningStreams } from "./gate/running-streams.ts";
import { knownTokens } from "./tokens/known-tokens.ts";
import { exposedMethods } from "./methods.ts";
import { paceOf } from "./pace/of-door.ts";
import { createSeating, type Seating } from "./seating.ts";
import type { Session } from "./session.ts";
import { SHARES } from "./share.ts";
import { CLOSE, DRAINING, RENEWED, type Farewell, farewellFor } from "./socket/bye.ts";
import { worlds } from "./worlds.ts";
import type { Connection } from "./socket/connection.ts";
import { adminSecret } from "./tokens/admin-secret.ts";
import { createIssuer, type Issuer } from "./tokens/issuer.ts";
import { signingKeys } from "./tokens/keys.ts";
import { ADMINS, openRevocations } from "./tokens/revocations.ts";
import type { Claims } from "./tokens/claims.ts";
import { tokenVerifier, type Verify } from "./tokens/verify.ts";
import { createTurnstile, type Turnstile } from "./turnstile.ts";

/** The doors of this process: who is in, and what keeps them moving. */
export interface Edge {
  readonly verify: Verify;
  /** The same for a token that comes from an address: who tries many is made to wait. @throws ROUTER_RATE_LIMITED besides */
  identify(token: string, address: string): Promise<Claims>;
  readonly issuer: Issuer | undefined;
  isOperatorKey(given: string): boolean;
  readonly methods: ReadonlyMap<string, DescMethod>;
  readonly batcher: Batcher;
  readonly gate: Gate;
  readonly addressOf: AddressOf;
  readonly names: Names;
  /** Streams over HTTP, which end with their token. */
  readonly streams: RunningStreams;
  /** Whether there is such a world: one that was just made is waited for. */
  isWorld(world: string): Promise<boolean>;
  connections(): readonly Connection[];
  /** How many are connected. */
  readonly sockets: number;
  /** Before what a socket costs when it comes. */
  readonly turnstile: Turnstile;
  readonly seating: Seating;
  /** A socket arrived, not yet known by name. */
  arrived(connection: Connection): void;
  /** Its Hello was taken: the newest of a (player, device) replaces the older. */
  /** Notes what holds for a session: who comes back within the linger goes on as before. @throws ROUTER_SETTINGS_AWAY, ROUTER_NOT_READY */
  open(session: Session): Promise<void>;
  opened(connection: Connection, session: Session): Promise<void>;
  closed(connection: Connection, farewell: Farewell | undefined): void;
  /** Ends a player's tokens, here and, within a second, at the other doors. @returns how many sessions ended here */
  revoke(player: string): Promise<number>;
  /** Makes another key for operators; who came with the old one is let go. @throws ROUTER_TOKEN_SIGNATURE without an issuer */
  rotateKey(): Promise<string>;
}

/** So often it looks at what other doors decided. */
const OTHER_DOORS_MS = 500;
const NOT_READY_MS = 1_000;
/** Shares are served for so long before somebody else has a turn. */
const TURN_MS = 4;
const REVOKED = farewellFor(new OrreryError(routerErrors.ROUTER_TOKEN_EXPIRED, { given: "revoked" }));
const REPLACED: Farewell = {
  reason: ByeReason.REPLACED,
  close: CLOSE.replaced,
  code: "",
  message: "The same player connected again from the same device",
  retryAfterMs: 0,
};

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
    const revocations = await openRevocations(kit.store, kit.clock);
    const secret = await adminSecret(kit.folder);
    const issuer = keys && createIssuer(kit.store, keys, config.audience, secret, kit.clock, revocations);
    const verifyToken = tokenVerifier(config, keys, () => kit.clock.now());
    const verified = knownTokens();
    const streams = createRunningStreams();
    const gate = createGate(config, kit.clock);
    const connections = new Set<Connection>();
    const events = kit.part(fanOut);
    const shares = Array.from({ length: SHARES }, () => new Set<Connection>());
    const seating = createSeating();
    const byDevice = new Map<string, Connection>();
    const presence = createPresence(kit.store, kit.instance, kit.clock);
    const comings = await createComings(kit, presence, kit.part(openings));
    const batcher = createBatcher(fingerprint);
    const stopping = new AbortController();
    const opens = kit.metrics.gauge("orrery_sessions", "Open sessions");
    const closes = kit.metrics.counter("orrery_session_closes_total", "Ended connections", ["reason"]);
    const coalesced = kit.metrics.counter(
      "orrery_events_coalesced_total",
      "Events that a newer one replaced in a queue",
    );
    const deviceOf = (session: Session) => `${session.player}\n${session.device}`;

    /**
     * One rhythm for all: serves the connections at the clients' pace, a share of them at a time, so that nobody
     * waits for everybody. From beat to beat, not from the end of one: what a beat costs must not slow the pace, and
     * shares that came due meanwhile are served without a pause, but for whoever knocks or calls between them. What was
     * missed longer ago than a round stays missed.
     */
    async function beat(): Promise<void> {
      let due = kit.clock.now();
      for (let share = 0; !stopping.signal.aborted; ) {
        const round = 1000 / paceOf(config.clientEventHz, events.paces.fastestHz, connections.size);
        await kit.clock.sleep(due - kit.clock.now(), stopping.signal);
        const now = kit.clock.now();
        for (due = Math.max(due, now - round); due <= now; due += round / SHARES) {
          serve(share, now);
          share = (share + 1) % SHARES;
          if (kit.clock.now() - now > TURN_MS) await nextTurn();
        }
      }
    }

    function serve(share: number, now: number): void {
      events.settle(share, now);
      for (const connection of shares[share] ?? []) connection.flush(now);
      batcher.next();
    }

    /** Looks at what was decided at other doors. */
    async function watch(): Promise<void> {
      for (;;) {
        await kit.clock.sleep(OTHER_DOORS_MS, stopping.signal);
        if (stopping.signal.aborted) return;
        try {
          endRevoked(await revocations.look());
          streams.look((claims) => revocations.ended(claims), kit.clock.now());
          const taken = new Set(await presence.takenOver());
          if (taken.size > 0)
            for (const connection of byDevice.values())
              if (taken.has(connection.session?.id ?? "")) connection.close(REPLACED);
          if (awaySinceMs !== undefined) kit.log.info({}, "the other doors' decisions are known again");
          awaySinceMs = undefined;
        } catch (error) {
          if (awaySinceMs === undefined)
            kit.log.error({ err: error }, "the database is away: what other doors revoke is not known here");
          awaySinceMs ??= kit.clock.now();
        }
      }
    }
    let awaySinceMs: number | undefined;
    kit.health.add({
      name: "other doors",
      kind: "dependency",
      ask: () =>
        awaySinceMs === undefined
          ? undefined
          : `the database does not answer since ${new Date(awaySinceMs).toISOString()}: nobody new is let in, and what other doors revoke is not known here`,
    });

    function endRevoked(players: ReadonlySet<string>): number {
      let ended = 0;
      if (players.size === 0) return ended;
      const admins = players.has(ADMINS);
      for (const connection of connections) {
        const { session } = connection;
        if (session === undefined || !revocations.ended(session.claims)) continue;
        if (!players.has(session.player) && !(admins && session.claims.role === "admin")) continue;
        ended += 1;
        connection.close(REVOKED);
      }
      return ended;
    }
    const beganMs = kit.clock.now();

    /** Asks again what holds for who came back: it may be another than when it was written down. */
    async function goOn(session: Session, opened: string): Promise<void> {
      try {
        const { tier, policyId } = await kit.part(openings).open({ ...session, id: opened }, false);
        Object.assign(session, { tier, policyId });
        await presence.retier(session.player, tier);
        await presence.repolicy(opened, policyId);
      } catch (error) {
        kit.log.debug({ err: error }, "who came back goes on as before");
      }
    }
    kit.part(openings).onPolicy((opened, policyId) => {
      for (const { session } of connections) if (session?.opened === opened) session.policyId = policyId;
      presence.repolicy(opened, policyId).catch((error: unknown) => {
        kit.log.warn({ err: error }, "a policy was not written down for who comes back");
      });
    });
    kit.part(openings).onTier((player, tier) => {
      for (const { session } of connections) if (session?.player === player) session.tier = tier;
      presence.retier(player, tier).catch((error: unknown) => {
        kit.log.warn({ err: error, player }, "a tier was not written down for who comes back");
      });
    });
    kit.part(endedWorlds).onEnd((world) => {
      const farewell = farewellFor(new OrreryError(routerErrors.ROUTER_WORLD_ENDED, { given: world }));
      for (const connection of connections)
        if (connection.session?.world === world) connection.close(farewell);
    });
    kit.part(adoptions).onAdopted((world) => {
      for (const connection of connections)
        if (connection.session?.world === world) connection.close(RENEWED);
    });
    const running = [beat(), watch()];

    const handle: Edge = {
      async verify(token) {
        const claims = await verifyToken(token);
        revocations.check(claims);
        verified.add(token, claims);
        return claims;
      },
      async identify(token, address) {
        const claims = verified.get(token, kit.clock.now());
        if (claims !== undefined) {
          revocations.check(claims);
          return claims;
        }
        gate.mayTry(address);
        try {
          return await handle.verify(token);
        } catch (error) {
          gate.refused(address);
          throw error;
        }
      },
      issuer,
      isOperatorKey: (given) => development && secret.matches(given),
      methods: exposedMethods(),
      batcher,
      gate,
      addressOf: addressesBehind(config.trustedProxies),
      names: namesOf(config.hosts, config.origins),
      streams,
      isWorld: (world) => kit.part(worlds).isKnown(world),
      connections: () => [...connections],
      get sockets() {
        return connections.size;
      },
      turnstile: createTurnstile(kit.clock),
      arrived(connection) {
        connections.add(connection);
      },
      seating,
      async open(session) {
        if (session.claims.role !== "player") return;
        const before = await presence.known(session).catch((cause: unknown) => {
          throw new OrreryError(routerErrors.ROUTER_NOT_READY, { retryAfterMs: NOT_READY_MS, cause });
        });
        if (before === undefined || before.opened === "" || before.world !== session.world)
          return void Object.assign(session, await kit.part(openings).open(session));
        // What this door wrote down since it began it has kept up to date.
        const isFresh = before.door === kit.instance && before.connectedMs >= beganMs;
        Object.assign(session, { opened: before.opened, tier: before.tier, policyId: before.policy });
        if (!isFresh) void goOn(session, before.opened);
      },
      async opened(connection, session) {
        const device = deviceOf(session);
        byDevice.get(device)?.close(REPLACED);
        byDevice.set(device, connection);
        shares[session.share]?.add(connection);
        seating.take(session);
        opens(byDevice.size);
        try {
          await comings.entered(session);
        } catch (cause) {
          if (session.opened === session.id) kit.part(openings).close(session.opened);
          throw new OrreryError(routerErrors.ROUTER_NOT_READY, { retryAfterMs: NOT_READY_MS, cause });
        }
        // It may have been revoked between its verification and here, where it is found by that.
        revocations.check(session.claims);
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
        comings.left(session, farewell?.reason ?? ByeReason.LOST);
      },
      async revoke(player) {
        await revocations.revoke(player);
        await issuer?.forget(player);
        streams.look((claims) => revocations.ended(claims), kit.clock.now());
        return endRevoked(new Set([player]));
      },
      async rotateKey() {
        if (issuer === undefined)
          throw new OrreryError(routerErrors.ROUTER_TOKEN_SIGNATURE, { given: "no issuer runs here" });
        const key = await issuer.rotateKey();
        streams.look((claims) => revocations.ended(claims), kit.clock.now());
        endRevoked(new Set([ADMINS]));
        return key;
      },
    };

    return {
      handle,
      async stop() {
        for (const connection of connections) connection.close(DRAINING);
        stopping.abort();
        await Promise.all(running);
        await comings.stop();
      },
    };
  },
};

function byeName(reason: ByeReason): string {
  return Object.entries(ByeReason).find(([, value]) => value === reason)?.[0] ?? "LOST";
}
