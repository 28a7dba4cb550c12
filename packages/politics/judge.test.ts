import { ReputationDeed } from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import type { Affairs } from "./affairs.ts";
import { judge, type PlayerDeed } from "./judge.ts";
import { DAY_GS, livingAffairs, rowOfSix } from "./politics.testing.ts";

const { BARRED, GIFT, HEARD, KILLING, SALE, UNSPECIFIED } = ReputationDeed;
const powers = rowOfSix();
const [east, mid, west] = ["faction:east", "faction:mid", "faction:west"].map(powers.partyNo) as [
  number,
  number,
  number,
];
const [a, c, e] = ["region:a", "region:c", "region:e"].map(powers.territoryNo) as [number, number, number];
let affairs: Affairs;
beforeEach(() => {
  ({ affairs } = livingAffairs(powers, () => 0));
});
const judged = (did: Partial<PlayerDeed>, last: (party: number, kind: string) => number | undefined) =>
  judge(powers, affairs, { deed: GIFT, party: -1, territories: [], atGs: 2 * DAY_GS, ...did }, last).map(
    ({ party, deed, by }) => [party, deed, Number(by.toFixed(4))],
  );
const never = () => undefined;
const relate = (one: number, other: number, value: number) => {
  affairs.relations[powers.pairNo(one, other)]!.value = value;
};

describe("a deed of a player", () => {
  beforeEach(() => {
    for (const [one, other] of [
      [east, mid],
      [east, west],
      [mid, west],
    ] as const)
      relate(one, other, 0);
  });

  it("is judged by whose the one is that it is done to, and by whose the land is; by one that is both, once", () => {
    expect(judged({ party: west, territories: [c] }, never)).toEqual([
      [mid, GIFT, 0.02],
      [west, GIFT, 0.04],
    ]);
    expect(judged({ party: west, territories: [a] }, never)).toEqual([[west, GIFT, 0.04]]);
  });

  it("on the land of nobody, or to nobody's people, is nobody's affair", () => {
    expect(judged({ territories: [e, -1, 99] }, never)).toEqual([]);
    expect(judged({ deed: UNSPECIFIED, party: west, territories: [a] }, never)).toEqual([]);
    expect(judged({ deed: SALE, party: west, territories: [e] }, never)).toEqual([]);
  });

  it("is taken over by friends, as far as they are that, and by no enemies", () => {
    relate(mid, west, 0.5);
    relate(east, west, -0.8);
    expect(judged({ deed: KILLING, party: west, territories: [e] }, never)).toEqual([
      [west, KILLING, -0.4],
      [mid, HEARD, -0.06],
    ]);
  });

  it("of two ends of a road is taken ill by both, and once by who holds both", () => {
    expect(judged({ deed: BARRED, territories: [a, c, c] }, never)).toEqual([
      [west, BARRED, -0.06],
      [mid, BARRED, -0.06],
    ]);
  });

  it("counts once a day with each of them, and is not even heard of then; each killing counts", () => {
    relate(mid, west, 0.5);
    const today = (party: number, kind: string) =>
      party === west && ["GIFT", "KILLING"].includes(kind) ? 1.5 * DAY_GS : undefined;
    expect(judged({ party: west, territories: [a] }, today)).toEqual([]);
    expect(judged({ deed: KILLING, party: west, territories: [a] }, today)).toHaveLength(2);
    const longAgo = () => DAY_GS;
    expect(judged({ party: west, territories: [a] }, longAgo)).toHaveLength(2);
  });
});
