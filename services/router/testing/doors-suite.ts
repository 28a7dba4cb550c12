import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { createMemoryTransport, type VirtualClock, virtualClock } from "@orrery/bus";
import { ClientConnected, ClientDisconnected, HelloSchema } from "@orrery/schema/router/v1";
import { ContentService } from "@orrery/schema/settings/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, type Host, startHost } from "@orrery/service";
import { standIn } from "@orrery/simulation/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Edge, edge } from "../edge.ts";
import router from "../service.ts";
import { createSession, type Session } from "../session.ts";
import type { Farewell } from "../socket/bye.ts";
import type { Connection } from "../socket/connection.ts";

const ALL_TYPES = [WorldCreated.typeName, "world.v1.PackRevised", "world.v1.WorldArchived"];

interface Door {
  readonly edge: Edge;
  /** Somebody comes in by this door with a token. */
  enter(token: string, device: string, world?: string): Promise<Visitor>;
}

interface Visitor {
  readonly session: Session;
  /** How it was sent away; undefined: it is in. */
  said(): Farewell | undefined;
  leave(): void;
}

/** What several doors on one database must do, whichever it is. `url` names a fresh one each time. */
export function doorsSuite(name: string, url: () => Promise<string>): void {
  describe(`doors that share ${name}`, () => {
    let clock: VirtualClock;
    let folder: string;
    let address: string;
    let hosts: Host[];
    let told: string[];
    let transport: ReturnType<typeof createMemoryTransport>;
    let count = 0;
    let opened: string[];
    let closed: string[];
    const settings = standIn("settings", ContentService, {
      openSession: ({ sessionId }) => ({ policy: { policyId: `policy-${opened.push(sessionId)}` } }),
      closeSession: ({ sessionId }) => ({ closed: closed.push(sessionId) > 0 }),
    });

    beforeEach(async () => {
      clock = virtualClock();
      folder = mkdtempSync(join(tmpdir(), "orrery-doors-"));
      address = (await url()) || join(folder, "store.db");
      hosts = [];
      told = [];
      opened = [];
      closed = [];
      transport = createMemoryTransport({ clock });
    });
    afterEach(async () => {
      for (const host of hosts) await during(host.stop(100));
      rmSync(folder, { recursive: true });
    });

    async function open(instance: string): Promise<Door> {
      const starting = startHost({
        services: [router, settings],
        transport,
        clock,
        instance,
        storeUrl: (id) => (id === "router" ? address : ":memory:"),
        dataFolder: folder,
        outsideTypes: [...ALL_TYPES],
        env: {},
        log: createLogger("silent"),
      });
      const host = await during(starting);
      if (hosts.push(host) === 1) await listen(host);
      const own = host.running()[0]?.kit.part(edge) as Edge;
      return { edge: own, enter: (token, device, world) => enter(own, token, device, world) };
    }

    async function listen(host: Host): Promise<void> {
      const subscription = host.surroundings.bus.subscribe({
        id: "test/comings",
        types: [ClientConnected.typeName, ClientDisconnected.typeName],
        order: "key",
        from: "earliest",
        handle(event) {
          const what = event.type === ClientConnected.typeName ? "connected" : "gone";
          told.push(event.world === "w" ? what : `${what} ${event.world}`);
        },
      });
      await during(subscription.ready);
    }

    async function enter(door: Edge, token: string, deviceId: string, world = "w"): Promise<Visitor> {
      const claims = await door.verify(token);
      const session = createSession({
        id: `session-${++count}`,
        hello: create(HelloSchema, { deviceId, worldId: world }),
        claims,
        world,
        connectedMs: clock.now(),
        share: 0,
      });
      let said: Farewell | undefined;
      let open = true;
      const left = (farewell: Farewell | undefined): void => {
        if (open) door.closed(connection, farewell);
        open = false;
      };
      const connection: Connection = {
        session,
        signal: new AbortController().signal,
        flush: () => {},
        close(farewell) {
          said ??= farewell;
          left(farewell);
        },
      };
      await during(door.open(session));
      door.arrived(connection);
      await during(door.opened(connection, session));
      return { session, said: () => said, leave: () => left(undefined) };
    }

    /** Time goes by; a database that is not in memory takes its own. */
    async function pass(ms: number): Promise<void> {
      const step = ms > 5_000 ? 500 : 50;
      for (let left = ms; left > 0; left -= step) {
        await clock.advance(Math.min(step, left));
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
    }

    /** What waits for the clock of the test has it go on. */
    async function during<T>(work: Promise<T>): Promise<T> {
      let settled = false;
      const done = work.finally(() => {
        settled = true;
      });
      done.catch(() => {});
      for (let left = 400; !settled && left > 0; left--) await pass(5);
      return done;
    }

    /** @returns how long it took on the doors' clock */
    async function until(well: () => boolean): Promise<number> {
      const startMs = clock.now();
      while (!well() && clock.now() - startMs < 5_000) await pass(50);
      return clock.now() - startMs;
    }

    const issue = (door: Door, device: string) =>
      door.edge.issuer?.issue({
        deviceId: device,
        adminSecret: "",
        playerId: "",
        deviceSecret: `the secret of device ${device}`,
      }) as never as Promise<{
        token: string;
        refreshToken: string;
        playerId: string;
      }>;

    it("refuse a token within a second after another one revoked it, and close what it opened", async () => {
      const [one, other] = [await open("a"), await open("b")];
      const { token, refreshToken, playerId } = await issue(one, "d");
      const neighbour = await issue(other, "e");
      const here = await one.enter(token, "d");
      const there = await other.enter(token, "d2");
      const stays = await other.enter(neighbour.token, "e");
      await pass(1);
      expect(await one.edge.revoke(playerId)).toBe(1);
      expect(here.said()?.close).toBe(4001);
      expect(await until(() => there.said() !== undefined)).toBeLessThanOrEqual(1_000);
      expect(there.said()?.close).toBe(4001);
      expect(stays.said()).toBeUndefined();
      for (const door of [one, other]) {
        await expect(door.edge.verify(token)).rejects.toThrow(/ROUTER_TOKEN_EXPIRED.*revoked/);
        await expect(door.edge.issuer?.refresh(refreshToken)).rejects.toThrow(/ROUTER_TOKEN_INVALID/);
      }
    });

    it("refuse it also when they start later, and take the next one at once", async () => {
      const one = await open("a");
      const { token, playerId } = await issue(one, "d");
      await pass(1);
      await one.edge.revoke(playerId);
      await pass(1);
      const again = await issue(one, "d");
      const late = await open("b");
      await expect(late.edge.verify(token)).rejects.toThrow(/ROUTER_TOKEN_EXPIRED/);
      expect((await late.edge.verify(again.token)).player).toBe(playerId);
      expect((await one.edge.verify(again.token)).player).toBe(playerId);
    });

    it("forget a revocation when no token of before it can be valid any more", async () => {
      const one = await open("a");
      const { playerId } = await issue(one, "d");
      await one.edge.revoke(playerId);
      await pass(50);
      const later = virtualClock({ startMs: clock.now() + 2 * 3_600_000 });
      clock = later;
      const late = await open("b");
      await late.edge.revoke("player:other");
      const db = hosts[1]?.running()[0]?.kit.store.as<{ revocation: { player: string } }>();
      const rows = await db?.selectFrom("revocation").select("player").execute();
      expect(rows).toEqual([{ player: "player:other" }]);
    });

    it("have each device in once: the newest stays, whichever door it came by, and nobody is said to leave", async () => {
      const [one, other] = [await open("a"), await open("b")];
      const { token } = await issue(one, "d");
      const first = await one.enter(token, "d");
      const second = await other.enter(token, "d");
      expect(await until(() => first.said() !== undefined)).toBeLessThanOrEqual(1_000);
      expect(first.said()?.close).toBe(4009);
      const third = await one.enter(token, "d");
      expect(await until(() => second.said() !== undefined)).toBeLessThanOrEqual(1_000);
      await pass(40_000);
      expect(third.said()).toBeUndefined();
      expect(told).toEqual(["connected"]);
    });

    it("say that somebody left when it came back by none of them within the linger, and only then", async () => {
      const [one, other] = [await open("a"), await open("b")];
      const { token } = await issue(one, "d");
      (await one.enter(token, "d")).leave();
      await pass(20_000);
      const back = await other.enter(token, "d");
      await pass(40_000);
      expect(told).toEqual(["connected"]);
      back.leave();
      await pass(31_000);
      await vi.waitFor(() => expect(told).toEqual(["connected", "gone"]));
      await one.enter(token, "d");
      await pass(1_000);
      await vi.waitFor(() => expect(told).toEqual(["connected", "gone", "connected"]));
    });

    it("say of a device that comes into another world that it has left the first at once", async () => {
      const [one, other] = [await open("a"), await open("b")];
      const { token } = await issue(one, "d");
      (await one.enter(token, "d")).leave();
      const there = await other.enter(token, "d", "v");
      await pass(40_000);
      expect(told).toEqual(["connected", "gone", "connected v"]);
      expect(closed).toHaveLength(1);
      await one.enter(token, "d");
      expect(await until(() => there.said() !== undefined)).toBeLessThanOrEqual(1_000);
      await pass(40_000);
      expect(told.slice(3)).toEqual(["gone v", "connected"]);
    });

    it("go on with what settings said of who comes back, by whichever, and close it when nobody does", async () => {
      const [one, other] = [await open("a"), await open("b")];
      const { token } = await issue(one, "d");
      const first = await one.enter(token, "d");
      expect(first.session).toMatchObject({ opened: first.session.id, policyId: "policy-1" });
      first.leave();
      await pass(20_000);
      const back = await other.enter(token, "d");
      expect(back.session.opened).toBe(first.session.id);
      await pass(40_000);
      // The other door asks once more what holds: it was not there when that was told.
      expect([opened, closed]).toEqual([[first.session.id, first.session.id], []]);
      expect(back.session.policyId).toBe("policy-2");
      back.leave();
      await pass(31_000);
      await vi.waitFor(() => expect(closed).toEqual([first.session.id]));
      const later = await one.enter(token, "d");
      expect(later.session).toMatchObject({ opened: later.session.id, policyId: "policy-3" });
    });

    it("say of who was in when a door ended without a word that it left, unless it came back", async () => {
      const [one, other] = [await open("a"), await open("b")];
      const { token } = await issue(one, "d");
      await one.enter(token, "d");
      await one.enter(token, "e");
      await other.enter(token, "e");
      await pass(1_000);
      await open("a");
      await pass(31_000);
      await vi.waitFor(() => expect(told).toEqual(["connected", "connected", "gone"]));
    });
  });
}
