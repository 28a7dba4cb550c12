import { SubjectErased } from "@orrery/schema/bus/v1";
import { AdmissionService, ContentKind, ContentService, Rung } from "@orrery/schema/orchestration/v1";
import { fingerprint } from "@orrery/schema/registry";
import { Tier, TierChanged, TierService } from "@orrery/schema/settings/v1";
import { standIn } from "@orrery/simulation/testing";
import { type Codec, type InitOf, PLATFORM } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { workflows } from "../workflows/mod.ts";
import { startHosted } from "./hosted.ts";

const HOUR_MS = 3_600_000;
const ADA = { role: "player", id: "player:ada", scopes: [] } as const;
const FREE = { scenesPerHour: 1, scenesPerDay: 5, deepPerDay: 0, queueWeight: 1 };
/** Knows everybody as free. */
export const settings = standIn("settings", TierService, {
  get: ({ playerId }) => ({ tier: { playerId, tier: Tier.FREE }, limits: FREE }),
});
const order = (seed: string) => ({
  ...{ worldId: "w", kind: ContentKind.PLACE, regionId: "region:mill-vale", seed, difficulty: 0.4 },
  idempotencyKey: `ladder-${seed}`.padEnd(8, "-"),
});

/** What both databases hold. */
export function ladderSuite(name: string, database: () => Promise<string>): void {
  describe(name, () => {
    it("steps down by the player's tier, each answer naming its rung, and up at once with a better one", async () => {
      const own = await startHosted(await database(), workflows, undefined, "local", [settings]);
      const made = (seed: string) => own.host.directory.client(ContentService, ADA).generate(order(seed));
      const quote = () => own.host.directory.client(AdmissionService, ADA).quote({});
      const tell = async <C extends Codec>(source: string, codec: C, event: InitOf<C>) => {
        const said = own.host.surroundings.bus.publisher({ source, world: PLATFORM, fingerprint });
        await said.publish(codec, event);
        await said.close();
      };
      const rungs: Rung[] = [];
      for (let hour = 0; hour < 12; hour++) {
        const { rung, document } = await made(`scene-${hour}`);
        rungs.push(rung);
        expect(document?.rung).toBe(rung);
        expect(document?.beings.every(({ name }) => name !== "")).toBe(true);
        expect(document?.coordination === undefined).toBe(rung === Rung.FOUNDATION);
        own.later(HOUR_MS);
      }
      expect(rungs).toEqual([2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4]);
      expect(await quote()).toMatchObject({
        rung: Rung.CACHED,
        usedDay: 5,
        perDay: 5,
        why: "5 of 5 a day are made",
      });
      const limits = { scenesPerHour: 10, scenesPerDay: 50, deepPerDay: 5, queueWeight: 2 };
      await tell("settings", TierChanged, { playerId: ADA.id, tier: Tier.PREMIUM, limits, revision: 2 });
      await own.until(async () => (await quote()).perDay === 50);
      expect((await made("premium")).rung).toBe(Rung.FULL);
      // What is older than what is known is old news.
      await tell("settings", TierChanged, { playerId: ADA.id, tier: Tier.FREE, limits: FREE, revision: 1 });
      await tell("event-bus", SubjectErased, { subject: ADA.id });
      await own.until(async () => (await quote()).usedDay === 0);
      expect((await quote()).perDay).toBe(5);
      await own.stop();
    });
  });
}
