import { Sync } from "@orrery/schema/settings/v1";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bool, int, startSettings, string, type TestSettings } from "./settings.ts";

interface Edit {
  readonly key: string;
  readonly value: ReturnType<typeof int> | ReturnType<typeof bool> | undefined;
  readonly wallMs: number;
  readonly counter: number;
}
interface Batch {
  readonly deviceId: string;
  readonly edits: readonly Edit[];
}

const MUSIC = "audio.music_volume";
const FLIP = "controls.invert_y";

const edits = fc.array(
  fc.oneof(
    fc.record({
      key: fc.constant(MUSIC),
      value: fc.option(fc.integer({ min: 0, max: 5 }).map(int), { nil: undefined }),
    }),
    fc.record({ key: fc.constant(FLIP), value: fc.boolean().map(bool) }),
  ),
  { minLength: 1, maxLength: 4 },
);
/** What one device did: its clock never shows the same twice. */
const batches = fc
  .array(
    fc.record({
      device: fc.constantFrom("phone", "desk", "tablet"),
      edits,
      wall: fc.integer({ min: 1, max: 30 }),
    }),
    {
      minLength: 2,
      maxLength: 5,
    },
  )
  .map((all): Batch[] => {
    let counter = 0;
    return all.map(({ device, edits: own, wall }) => ({
      deviceId: device,
      edits: own.map((edit) => ({ ...edit, wallMs: wall, counter: counter++ % 3 === 0 ? 0 : counter })),
    }));
  })
  // Two edits of one device under one stamp are one edit.
  .filter((all) => {
    const stamps = all.flatMap(({ deviceId, edits: own }) =>
      own.map(({ key, wallMs, counter }) => `${deviceId} ${key} ${wallMs} ${counter}`),
    );
    return new Set(stamps).size === stamps.length;
  });

export function syncSuite(database: string, url: () => Promise<string>): void {
  describe(`devices that were away, on ${database}`, () => {
    let test: TestSettings;
    let players = 0;
    beforeAll(async () => {
      test = await startSettings(await url());
    });
    afterAll(() => test.stop());

    const admin = (playerId: string, { deviceId, edits: own }: Batch) =>
      test.admin.settings.sync({
        playerId,
        deviceId,
        edits: own.map((edit) => ({ ...edit })),
        idempotencyKey: test.key(),
      });
    const held = async (playerId: string) => {
      const { values } = await test.admin.settings.resolve({ playerId, keys: [MUSIC, FLIP] });
      return values.map(({ key, value }) => [key, value?.kind.value]);
    };
    const after = async (all: readonly Batch[]) => {
      const player = `player:sync-${++players}`;
      for (const batch of all) await admin(player, batch);
      return held(player);
    };

    it("merge alike in every order, however they are grouped, and as often as they come", async () => {
      await fc.assert(
        fc.asyncProperty(batches, fc.infiniteStream(fc.nat()), async (all, picks) => {
          const shuffled = [...all];
          for (let at = shuffled.length - 1; at > 0; at--) {
            const to = (picks.next().value as number) % (at + 1);
            [shuffled[at], shuffled[to]] = [shuffled[to] as Batch, shuffled[at] as Batch];
          }
          const expected = await after(all);
          expect(await after(shuffled)).toEqual(expected);
          expect(await after([...all, ...shuffled])).toEqual(expected);
          const split = all.flatMap(({ deviceId, edits: own }) =>
            own.map((edit) => ({ deviceId, edits: [edit] })),
          );
          expect(await after(split.reverse())).toEqual(expected);
        }),
        { numRuns: 40 },
      );
    });

    it("two that edited the same and different keys come to the same in either order, and the loser is told", async () => {
      const phone: Batch = {
        deviceId: "phone",
        edits: [
          { key: MUSIC, value: int(10), wallMs: 1_000, counter: 0 },
          { key: FLIP, value: bool(true), wallMs: 1_000, counter: 1 },
        ],
      };
      const desk: Batch = {
        deviceId: "desk",
        edits: [{ key: MUSIC, value: int(90), wallMs: 2_000, counter: 0 }],
      };
      const told: boolean[][] = [];
      const outcomes: unknown[] = [];
      for (const [at, order] of [
        [phone, desk],
        [desk, phone],
      ].entries()) {
        const player = `player:two-${at}`;
        for (const batch of order) {
          const { merged } = await admin(player, batch);
          told.push(merged.map(({ lost }) => lost));
          const music = merged.find(({ key }) => key === MUSIC);
          if (batch === phone && at === 1) expect(music?.stored?.value?.kind.value).toBe(90);
        }
        outcomes.push(await held(player));
      }
      expect(outcomes[0]).toEqual(outcomes[1]);
      expect(outcomes[0]).toMatchObject([
        [MUSIC, 90],
        [FLIP, true],
      ]);
      expect(told).toEqual([[false, false], [false], [false], [true, false]]);
    });

    it("are pulled back where their clock is ahead, and win nothing by coming again", async () => {
      const playerId = "player:ahead";
      const ahead = test.kit.hostMs() + 86_400_000;
      const first: Batch = {
        deviceId: "phone",
        edits: [{ key: MUSIC, value: int(1), wallMs: ahead, counter: 0 }],
      };
      expect((await admin(playerId, first)).merged[0]).toMatchObject({ pulledBack: true, lost: false });
      test.later(10_000);
      await admin(playerId, {
        deviceId: "desk",
        edits: [{ key: MUSIC, value: int(2), wallMs: test.kit.hostMs(), counter: 0 }],
      });
      expect((await admin(playerId, first)).merged[0]).toMatchObject({ pulledBack: true, lost: true });
      expect(await held(playerId)).toMatchObject([
        [MUSIC, 2],
        [FLIP, false],
      ]);
    });

    it("keep what belongs to a device, and refuse a batch whole", async () => {
      const { definitions } = await test.admin.settings.listDefinitions({ pageSize: 500 });
      const own = definitions.filter(({ sync }) => sync === Sync.DEVICE);
      expect(own.length).toBeGreaterThan(5);
      const edit = { wallMs: 1, counter: 0 };
      const sync = (all: object[]) =>
        test
          .player("player:own")
          .settings.sync({ deviceId: "phone", edits: all, idempotencyKey: test.key() });
      await expect(sync([{ ...edit, key: "video.quality", value: string("low") }])).rejects.toThrow(
        /SETTINGS_WRONG_SCOPE/,
      );
      await expect(
        sync([
          { ...edit, key: MUSIC, value: int(4) },
          { ...edit, key: FLIP, value: int(4) },
        ]),
      ).rejects.toThrow(/SETTINGS_OUT_OF_RANGE.*invert_y/);
      expect(await held("player:own")).toMatchObject([
        [MUSIC, 70],
        [FLIP, false],
      ]);
    });
  });
}
