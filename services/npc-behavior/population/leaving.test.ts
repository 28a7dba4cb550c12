import type { Pack } from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { hollowmere } from "../valley.testing.ts";
import { generations } from "./generations.testing.ts";
import { nextTo } from "./house.ts";

const [DAYS, YEAR] = [40, 360];
const HERE = "region:mill-vale";
let pack: Pack;
let valley: ReturnType<typeof generations>;
beforeEach(async () => {
  pack = await hollowmere();
  for (const one of pack.society?.species ?? []) delete one.mortality;
  valley = generations(pack);
});
const state = () => valley.world.state;
const count = (regionId: string) => valley.counts().get(regionId) ?? 0;
/** As many lived in a region once as so many times those who do now. */
const lived = (regionId: string, times: number) => {
  state().peopled.edit(regionId).target = Math.round(times * count(regionId));
};
/** Who is grown, has no post, nobody they are married to, and no child. */
const ties = (id: string) => {
  const { spouseId, roleId, helps, workPlaceId } = state().minds.get(id)!;
  const isParent = [...state().minds].some(([, one]) => one.parentIds.includes(id) && one.ageYears < 15);
  const hasPost = workPlaceId !== "" && !helps && !/apprentice/.test(roleId);
  return [state().minds.has(spouseId), isParent, hasPost, roleId === "role:child"];
};

describe("where more live than used to", () => {
  it("people without ties go, a region on, to where fewer live; and no more than there are too many", () => {
    const near = nextTo(state(), HERE);
    expect(near).toContain("region:market-vale");
    expect(near).not.toContain(HERE);
    lived(HERE, 0.8);
    // No more than a tenth too few, or somebody would come from elsewhere.
    for (const regionId of near) lived(regionId, 1.09);
    const before = new Map([...state().minds].map(([id, mind]) => [id, { ...mind }]));
    valley.pass(DAYS, () => {
      for (const { npcId } of valley.settled()) expect(ties(npcId)).toEqual([false, false, false, false]);
    });
    const left = valley.settled().filter(({ fromRegionId }) => fromRegionId === HERE);
    expect(left.length).toBeGreaterThan(0);
    expect(count(HERE)).toBeGreaterThanOrEqual(Math.floor(1.05 * state().peopled.get(HERE)!.target));
    for (const { npcId, regionId, householdId } of left) {
      expect(near).toContain(regionId);
      const mind = state().minds.get(npcId)!;
      expect(mind.householdId).toBe(householdId);
      expect(mind.homePlaceId).not.toBe(before.get(npcId)!.homePlaceId);
      expect(mind.helps || mind.workPlaceId === "").toBe(true);
    }
    for (const [regionId, living] of valley.counts())
      if (near.includes(regionId)) expect(living).toBeLessThanOrEqual(state().peopled.get(regionId)!.target);
  });

  it("who is married stays, however long", () => {
    const there = "region:market-vale";
    const { minds } = state();
    const { atlas } = valley.world.derived.country;
    const living = minds.ids().filter((id) => atlas.place(minds.get(id)!.homePlaceId)?.regionId === there);
    // Whoever is not is too old to go.
    for (const id of living)
      if (!minds.has(minds.get(id)!.spouseId))
        Object.assign(minds.edit(id), { ageYears: 70, bornDay: -70 * YEAR });
    const idle = living.filter((id) => ties(id)[0] && !ties(id)[2] && minds.get(id)!.ageYears < 40);
    expect(idle.length).toBeGreaterThan(0);
    lived(there, 0.5);
    for (const regionId of nextTo(state(), there)) lived(regionId, 1.09);
    valley.pass(5 * DAYS);
    expect(valley.settled().filter(({ npcId }) => living.includes(npcId))).toEqual([]);
  });

  it("nobody goes where as many live as did, or from where no more do", () => {
    lived(HERE, 0.8);
    for (const regionId of nextTo(state(), HERE)) lived(regionId, 1);
    valley.pass(DAYS);
    expect(valley.settled().filter(({ fromRegionId }) => fromRegionId === HERE)).toEqual([]);
    expect(valley.settled().length).toBe(0);
  });

  it("nobody knows the way to a region that there is not", () => {
    expect(nextTo(state(), "region:constructor")).toEqual([]);
    expect(nextTo(state(), "")).toEqual([]);
  });
});
