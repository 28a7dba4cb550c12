import { SubjectErased } from "@orrery/schema/bus/v1";
import { CloseSessionResponse, Scope } from "@orrery/schema/settings/v1";
import { fingerprint } from "@orrery/schema/registry";
import { PLATFORM } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRegistry } from "../definitions/registry.ts";
import { count } from "../definitions/define.ts";
import { repairValues } from "../keep/repair.ts";
import { keeper } from "../write/keeper.ts";
import { int, startSettings, type TestSettings } from "./settings.ts";

const MUSIC = "audio.music_volume";

/** Bad weather, on either database. */
export function weatherSuite(database: string, url: () => Promise<string>): void {
  describe(`settings in bad weather on ${database}`, () => {
    let test: TestSettings;
    let at: string;
    beforeEach(async () => {
      at = await url();
      test = await startSettings(at);
    });
    afterEach(() => test.stop());

    const set = (to: TestSettings, player: string, value: number, idempotencyKey = to.key()) =>
      to.player(player).settings.set({ place: { key: MUSIC }, value: int(value), idempotencyKey });
    const music = async (of: TestSettings, playerId: string) =>
      (await of.admin.settings.resolve({ playerId, keys: [MUSIC], explain: true })).values[0];

    it("a second process stands by, refuses, and goes on where the first one ended", async () => {
      await set(test, "player:ada", 1, "the-first-key");
      const starting = startSettings(at, { instance: "second" });
      await new Promise((resolve) => setTimeout(resolve, 50));
      await set(test, "player:ada", 2);
      const { frames } = test;
      await test.stop();
      test = await starting;
      expect((await set(test, "player:ada", 1, "the-first-key")).stored?.revision).toBe(1);
      expect((await set(test, "player:ada", 3)).stored?.revision).toBe(3);
      // What the first one had not forgotten yet is sent again, under the same sequence.
      const names = new Set(
        [...frames, ...test.frames].map(({ publisher, sequence }) => `${publisher}/${sequence}`),
      );
      const [{ publisher } = { publisher: "" }] = frames;
      expect([...names]).toEqual([1, 2, 3].map((sequence) => `${publisher}/${sequence}`));
    });

    it("with its database away it answers what it knows, marked as old, refuses writes, and goes on by itself", async () => {
      await set(test, "player:ada", 1);
      const broken = {
        players: [],
        reply: CloseSessionResponse,
        run: () => Promise.reject(Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" })),
      };
      await expect(test.kit.part(keeper).submit(broken)).rejects.toThrow(/SETTINGS_STORE_AWAY/);
      const old = await test.admin.settings.resolve({ playerId: "player:ada", keys: [MUSIC] });
      expect(old.staleSinceMs).toBeGreaterThan(0);
      expect(old.values[0]?.value?.kind.value).toBe(1);
      await test.until(async () => (await test.admin.settings.resolve({ keys: [MUSIC] })).staleSinceMs === 0);
      expect((await set(test, "player:ada", 2)).stored?.revision).toBe(2);
    });

    it("one broken job fails alone, and those beside it are done", async () => {
      const broken = {
        players: [],
        reply: CloseSessionResponse,
        run: () => Promise.reject(new TypeError("a mistake")),
      };
      const [, refused, done] = await Promise.allSettled([
        set(test, "player:ada", 1),
        test.kit.part(keeper).submit(broken),
        set(test, "player:eve", 2),
      ]);
      expect(refused.status).toBe("rejected");
      expect(done.status).toBe("fulfilled");
      expect((await music(test, "player:ada"))?.value?.kind.value).toBe(1);
    });

    it("many at once of one player each count once, and a repeat beside its first is answered alike", async () => {
      const keys = Array.from({ length: 30 }, (_, nth) => `at-once-${nth}`);
      const asked = [...keys, ...keys].map((key) =>
        test.admin.settings.set({
          playerId: "player:crowd",
          place: { key: MUSIC, scope: Scope.PLAYER },
          value: int(keys.indexOf(key)),
          idempotencyKey: key,
        }),
      );
      const answers = await Promise.all(asked);
      expect(answers.slice(0, 30)).toEqual(answers.slice(30));
      expect((await music(test, "player:crowd"))?.revision).toBe(30);
      const { changes } = await test.admin.settings.history({ playerId: "player:crowd" });
      expect(changes.map(({ revision }) => revision)).toEqual(keys.map((_, nth) => 30 - nth));
    });

    it("whoever is erased elsewhere is erased here", async () => {
      await set(test, "player:gone", 4);
      const { bus } = test.host.surroundings;
      const publisher = bus.publisher({ source: "event-bus", world: PLATFORM, fingerprint });
      await publisher.publish(SubjectErased, { subject: "player:gone", by: "admin:operator" });
      await publisher.flush();
      await test.until(async () => (await music(test, "player:gone"))?.scope === Scope.DEFAULT);
      expect((await test.player("player:gone").settings.history({})).changes).toEqual([]);
    });

    it("a range that was narrowed reads what is stored at its edge, and a migration repairs it as a change of its own", async () => {
      await set(test, "player:ada", 90);
      const half = (value: { kind: { case?: string | undefined; value?: unknown } }) =>
        int(Number(value.kind.value) / 2);
      const migrations = new Map([[1, half as never]]);
      const registry = createRegistry([count(MUSIC, 10, 0, 50, { version: 2, migrations })]);
      await repairValues(test.kit, registry);
      const found = await music(test, "player:ada");
      expect([found?.value?.kind.value, found?.revision]).toEqual([45, 2]);
      await repairValues(test.kit, registry);
      const { changes } = await test.player("player:ada").settings.history({});
      expect(changes.map(({ reason, revision }) => [reason, revision])).toEqual([
        ["migration", 2],
        ["", 1],
      ]);
    });
  });
}
