import { Scope, SettingChanged, Tier } from "@orrery/schema/settings/v1";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bool, double, int, startSettings, string, type TestSettings } from "./settings.ts";

const ADA = "player:ada";
const SCALE = "accessibility.text_scale";

/** Values, on either database. */
export function valueSuite(database: string, url: () => Promise<string>): void {
  describe(`settings on ${database}`, () => {
    let test: TestSettings;
    beforeAll(async () => {
      test = await startSettings(await url());
    });
    afterAll(() => test.stop());

    const set = (
      player: string,
      key: string,
      value: ReturnType<typeof int | typeof bool | typeof double | typeof string>,
    ) => test.player(player).settings.set({ place: { key }, value, idempotencyKey: test.key() });
    const resolved = async (player: string, key: string, more = {}) =>
      (await test.player(player).settings.resolve({ keys: [key], explain: true, ...more })).values[0];

    it("resolve from low to high, and explain names the winner and why each other lost", async () => {
      const key = "features.model_dialogue";
      const place = (scope: Scope, scopeId: string) => ({ key, scope, scopeId });
      const admin = test.admin.settings;
      for (const [scope, scopeId, value] of [
        [Scope.PLATFORM, "", false],
        [Scope.WORLD, "w", true],
        [Scope.TIER, "free", false],
        [Scope.PLAYER, "", true],
      ] as const)
        await admin.set({
          playerId: ADA,
          place: place(scope, scopeId),
          value: bool(value),
          idempotencyKey: test.key(),
        });
      const found = await resolved(ADA, key, { worldId: "w" });
      expect(found?.value?.kind.value).toBe(true);
      expect(found?.scope).toBe(Scope.PLAYER);
      expect(found?.layers.map(({ scope, lostBecause }) => [scope, lostBecause])).toEqual([
        [Scope.DEFAULT, "player is nearer"],
        [Scope.PLATFORM, "player is nearer"],
        [Scope.WORLD, "player is nearer"],
        [Scope.TIER, "player is nearer"],
        [Scope.PLAYER, ""],
      ]);
      await admin.set({
        place: place(Scope.WORLD, "w"),
        value: bool(true),
        locked: true,
        idempotencyKey: test.key(),
      });
      await admin.set({ place: place(Scope.TIER, "premium"), value: bool(true), idempotencyKey: test.key() });
      const locked = await resolved(ADA, key, { worldId: "w" });
      expect(locked?.scope).toBe(Scope.WORLD);
      expect(locked?.layers.at(-1)?.lostBecause).toBe("locked by world");
      expect((await resolved(ADA, key, { worldId: "elsewhere" }))?.scope).toBe(Scope.PLAYER);
    });

    it("refuse a player's write under a lock, and name the layer", async () => {
      const key = "privacy.visible_online";
      await test.admin.settings.set({
        place: { key, scope: Scope.PLATFORM },
        value: bool(false),
        locked: true,
        idempotencyKey: test.key(),
      });
      await expect(set(ADA, key, bool(true))).rejects.toThrow(/SETTINGS_LOCKED.*platform/);
      expect((await resolved(ADA, key))?.value?.kind.value).toBe(false);
    });

    it("take what is in range and refuse the rest with the range, never clamped", async () => {
      await expect(set(ADA, SCALE, double(2.05))).rejects.toThrow(/SETTINGS_OUT_OF_RANGE.*0\.8\.\.2/);
      await expect(set(ADA, SCALE, double(Number.NaN))).rejects.toThrow(/SETTINGS_OUT_OF_RANGE/);
      await expect(set(ADA, SCALE, double(1.01))).rejects.toThrow(/steps of 0\.05/);
      await expect(set(ADA, SCALE, int(1))).rejects.toThrow(/SETTINGS_OUT_OF_RANGE/);
      await expect(set(ADA, "accessibility.contrast", string("loud"))).rejects.toThrow(/standard, high/);
      expect((await set(ADA, SCALE, double(1.3))).changed).toBe(true);
    });

    it("do not know what is not there, what a player may not see, and names of every object", async () => {
      await expect(set(ADA, "audio.mastervolume", int(1))).rejects.toThrow(
        /SETTINGS_UNKNOWN_KEY.*audio\.master_volume/,
      );
      for (const key of ["constructor", "__proto__", "", "features.webhook_token", "x".repeat(5_000)])
        await expect(set(ADA, key, int(1))).rejects.toThrow(/SETTINGS_UNKNOWN_KEY/);
      await expect(set("constructor", "subtitles.enabled", bool(false))).resolves.toMatchObject({
        changed: true,
      });
      expect((await resolved("__proto__", "subtitles.enabled"))?.scope).toBe(Scope.DEFAULT);
    });

    it("set in scopes of a player's own only", async () => {
      const { settings } = test.player(ADA);
      const value = int(3);
      const key = "audio.master_volume";
      for (const scope of [Scope.PLATFORM, Scope.WORLD, Scope.TIER])
        await expect(
          settings.set({ place: { key, scope, scopeId: "w" }, value, idempotencyKey: test.key() }),
        ).rejects.toThrow(/SETTINGS_WRONG_SCOPE/);
      await expect(
        settings.set({ playerId: "player:eve", place: { key }, value, idempotencyKey: test.key() }),
      ).rejects.toThrow(/RPC_NOT_SELF/);
      await expect(
        settings.set({ place: { key: "video.quality" }, value: string("low"), idempotencyKey: test.key() }),
      ).rejects.toThrow(/belongs to a device/);
      await expect(
        settings.set({
          place: { key, scope: Scope.SESSION, scopeId: "nowhere" },
          value,
          idempotencyKey: test.key(),
        }),
      ).rejects.toThrow(/SETTINGS_SESSION_UNKNOWN/);
    });

    it("change and tell nothing when the present value is set again", async () => {
      const player = "player:same";
      const first = await set(player, "audio.music_volume", int(10));
      const before = test.heard(SettingChanged).length;
      const second = await set(player, "audio.music_volume", int(10));
      expect([first.changed, second.changed, second.stored?.revision]).toEqual([true, false, 1]);
      expect(test.heard(SettingChanged).length).toBe(before);
    });

    it("answer a repeated key as the first time, and refuse it with another body", async () => {
      const { settings } = test.player("player:again");
      const request = { place: { key: "audio.music_volume" }, value: int(20), idempotencyKey: test.key() };
      const first = await settings.set(request);
      expect(await settings.set(request)).toEqual(first);
      await expect(settings.set({ ...request, value: int(21) })).rejects.toThrow(/RPC_IDEMPOTENCY_REUSED/);
      await expect(settings.set({ ...request, idempotencyKey: "short" })).rejects.toThrow(
        /RPC_IDEMPOTENCY_KEY/,
      );
    });

    it("hold a revision that is expected against the present one", async () => {
      const { settings } = test.player("player:revision");
      const place = { key: "controls.invert_y" };
      const at = (expectedRevision: number, value: boolean) =>
        settings.set({ place, value: bool(value), expectedRevision, idempotencyKey: test.key() });
      await at(0, true);
      await expect(at(0, false)).rejects.toThrow(/SETTINGS_REVISION_CONFLICT.*revision 1.*true/);
      expect((await at(1, false)).stored?.revision).toBe(2);
      const reset = await settings.reset({ place, expectedRevision: 2, idempotencyKey: test.key() });
      expect(reset.stored?.revision).toBe(3);
      expect((await at(3, true)).stored?.revision).toBe(4);
    });

    it("write many or none, and name everything that is wrong", async () => {
      const player = "player:many";
      const { settings } = test.player(player);
      const items = [
        { place: { key: SCALE }, value: double(9) },
        { place: { key: "subtitles.size" }, value: string("huge") },
        { place: { key: "audio.music_volume" }, value: int(-1) },
      ];
      await expect(settings.setMany({ items, idempotencyKey: test.key() })).rejects.toThrow(
        /text_scale.*music_volume/,
      );
      expect((await resolved(player, "subtitles.size"))?.revision).toBe(0);
      const { presets } = await settings.listDefinitions({});
      const preset = presets.find(({ name }) => name === "low-vision");
      const sets = (preset?.values ?? []).map(({ key, value }) => ({
        place: { key },
        ...(value && { value }),
      }));
      const { results } = await settings.setMany({ items: sets, idempotencyKey: test.key() });
      expect(results.every(({ changed }) => changed)).toBe(true);
      await set(player, SCALE, double(1));
      expect((await resolved(player, "accessibility.contrast"))?.value?.kind.value).toBe("high");
    });

    it("replay from history to the present, and roll back by a change of its own", async () => {
      const player = "player:past";
      const { settings } = test.player(player);
      const key = "audio.effects_volume";
      for (const value of [30, 40, 50]) await set(player, key, int(value));
      const { changes } = await settings.history({ place: { key } });
      expect(changes.map(({ revision }) => revision)).toEqual([3, 2, 1]);
      const back = await settings.rollback({ seq: changes[0]?.seq ?? 0, idempotencyKey: test.key() });
      expect(back.stored?.value?.kind.value).toBe(40);
      expect(back.stored?.revision).toBe(4);
      const first = await settings.rollback({ seq: changes[2]?.seq ?? 0, idempotencyKey: test.key() });
      expect(first.stored?.value?.kind.case).toBeUndefined();
      const all = (await settings.history({ place: { key } })).changes.reverse();
      let folded: unknown;
      for (const [at, change] of all.entries()) {
        expect(change.revision).toBe(at + 1);
        expect(change.oldValue?.kind.value).toBe(folded);
        folded = change.newValue?.kind.value;
      }
      expect(folded).toBe(
        (await resolved(player, key))?.layers.find(({ scope }) => scope === Scope.PLAYER)?.value?.kind.value,
      );
      expect(all.at(-1)?.rollbackOf).toBe(changes[2]?.seq);
      await expect(
        test
          .player("player:eve")
          .settings.rollback({ seq: changes[0]?.seq ?? 0, idempotencyKey: test.key() }),
      ).rejects.toThrow(/SETTINGS_ROLLBACK/);
    });

    it("page through history and definitions, and turn other pages away", async () => {
      const { settings } = test.player("player:past");
      const first = await settings.history({ pageSize: 2 });
      const second = await settings.history({ pageSize: 2, pageToken: first.nextPageToken });
      const seqs = [...first.changes, ...second.changes].map(({ seq }) => seq);
      expect(new Set(seqs).size).toBe(4);
      expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
      await expect(settings.history({ pageSize: 501 })).rejects.toThrow(/RPC_FIELD_INVALID/);
      await expect(
        settings.history({ place: { key: SCALE }, pageToken: first.nextPageToken }),
      ).rejects.toThrow(/RPC_PAGE_TOKEN/);
      const shown: string[] = [];
      for (let token = ""; ; ) {
        const page = await settings.listDefinitions({ pageSize: 7, pageToken: token });
        shown.push(...page.definitions.map(({ key }) => key));
        token = page.nextPageToken;
        if (token === "") break;
      }
      expect(shown).toContain(SCALE);
      expect(shown.filter((key) => key.startsWith("features.webhook"))).toEqual([]);
      expect(shown).toEqual([...new Set(shown)].sort());
    });

    it("keep a secret out of events, history, answers and errors", async () => {
      const hush = "hush-hush-4711";
      const place = { key: "features.webhook_token", scope: Scope.PLATFORM };
      const { settings } = test.admin;
      const answers = [
        await settings.set({ place, value: string(hush), idempotencyKey: test.key() }),
        await settings.set({ place, value: string(`${hush}!`), idempotencyKey: test.key() }),
        await settings.resolve({ keys: [place.key], explain: true }),
        await settings.history({ place }),
      ];
      const refusals = await Promise.all(
        [
          settings.set({ place, value: string(hush.repeat(20)), idempotencyKey: test.key() }),
          settings.set({ place, value: string(hush), expectedRevision: 9, idempotencyKey: test.key() }),
          settings.rollback({
            seq: answers[3] && "changes" in answers[3] ? (answers[3].changes[0]?.seq ?? 0) : 0,
            idempotencyKey: test.key(),
          }),
        ].map((refused) =>
          refused.then(
            () => "not refused",
            (error: unknown) => String(error),
          ),
        ),
      );
      expect(refusals.map((words) => /SETTINGS_\w+/.exec(words)?.[0])).toEqual([
        "SETTINGS_OUT_OF_RANGE",
        "SETTINGS_REVISION_CONFLICT",
        "SETTINGS_ROLLBACK",
      ]);
      const said = JSON.stringify([
        answers,
        refusals,
        test.frames.map(({ payload }) => Buffer.from(payload).toString("latin1")),
      ]);
      expect(said).not.toContain(hush);
      expect(
        test
          .heard(SettingChanged)
          .filter(({ key }) => key === place.key)
          .map(({ revision }) => revision),
      ).toEqual([1, 2]);
      const told = await test.service.settings.resolve({ keys: [place.key] });
      expect(told.values[0]?.value?.kind.value).toBe(`${hush}!`);
    });

    it("tell each change once, in the world that it is of, and players of their own", async () => {
      const all = test.heard(SettingChanged);
      const ids = test.frames.map(({ publisher, sequence }) => `${publisher}/${sequence}`);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { $world, scope, scopeId, playerIds, settingId, $key } of all) {
        expect($world).toBe(scope === Scope.WORLD ? scopeId : "platform");
        expect($key).toBe(settingId);
        expect(playerIds).toEqual(scope === Scope.PLAYER ? [scopeId] : []);
      }
    });

    it("let a player write as often as the tier allows, and no repeat counts", async () => {
      const player = "player:busy";
      const write = (value: number) => set(player, "audio.voices_volume", int(value));
      for (let at = 0; at < 10; at++) await write(at);
      await expect(write(11)).rejects.toThrow(/SETTINGS_RATE_LIMITED/);
      test.later(61_000);
      await write(12);
      await test.admin.tiers.setOverride({
        playerId: player,
        tier: Tier.PATRON,
        untilMs: test.kit.hostMs() + 1_000_000,
        reason: "test",
        idempotencyKey: test.key(),
      });
      for (let at = 20; at < 60; at++) await write(at);
    });

    it("export, import and erase a player, of whom the audit keeps that there were changes", async () => {
      const player = "player:leaves";
      await set(player, "subtitles.size", string("large"));
      const { settings } = test.player(player);
      const { file } = await settings.export({});
      await set(player, "subtitles.size", string("small"));
      await settings.import({ file, idempotencyKey: test.key() });
      expect((await resolved(player, "subtitles.size"))?.value?.kind.value).toBe("large");
      await expect(
        settings.import({ file: new Uint8Array([1]), idempotencyKey: test.key() }),
      ).rejects.toThrow(/SETTINGS_IMPORT/);
      const erased = await settings.erase({ idempotencyKey: test.key() });
      expect(erased).toMatchObject({ values: 1, changes: 3 });
      expect((await resolved(player, "subtitles.size"))?.scope).toBe(Scope.DEFAULT);
      expect((await settings.history({})).changes).toEqual([]);
      const rows = await test.kit.store
        .as<{ change: { owner: string; scope_id: string; body: Uint8Array } }>()
        .selectFrom("change")
        .selectAll()
        .execute();
      const left = rows.filter(({ owner }) => owner.startsWith("erased:"));
      expect(left).toHaveLength(3);
      expect(
        JSON.stringify(
          rows.map((row) => [row.owner, row.scope_id, Buffer.from(row.body).toString("latin1")]),
        ),
      ).not.toContain(player);
    });

    it("watch each change once, from a seq on, and say where memory ends", async () => {
      const player = "player:watches";
      const stop = new AbortController();
      const { seq } = await test.player(player).settings.resolve({ keys: [SCALE] });
      const seen: number[] = [];
      const watching = (async () => {
        for await (const { changes } of test
          .player(player)
          .settings.watch({ fromSeq: seq }, { signal: stop.signal }))
          seen.push(
            ...changes.flatMap(({ newValue }) =>
              newValue?.kind.case === "intValue" ? newValue.kind.value : [],
            ),
          );
      })().catch(() => undefined);
      await set(player, "audio.music_volume", int(1));
      await set("player:other", "audio.music_volume", int(99));
      await set(player, "audio.music_volume", int(2));
      await test.until(() => seen.length === 2);
      stop.abort();
      await watching;
      expect(seen).toEqual([1, 2]);
      const gap = async () => {
        for await (const _ of test.player(player).settings.watch({ fromSeq: seq + 1_000_000 })) return;
      };
      await expect(gap()).rejects.toThrow(/SETTINGS_WATCH_GAP/);
    });

    it("are the same after a restart", async () => {
      const before = await test.admin.settings.resolve({ playerId: "player:many", explain: true });
      test = await test.restart();
      expect(await test.admin.settings.resolve({ playerId: "player:many", explain: true })).toEqual(before);
      const { stored } = await set("player:past", "audio.effects_volume", int(7));
      expect(stored?.revision).toBe(6);
    });
  });
}
