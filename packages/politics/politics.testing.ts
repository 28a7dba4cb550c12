import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  Curve,
  FactionAction,
  FactionInput,
  FactionsSchema,
  NeighboursSchema,
  RealmGroundSchema,
  RegionSchema,
} from "@orrery/schema/world/v1";
import { type Affairs, type Day, firstAffairs } from "./affairs.ts";
import { actions, beginDay, endDay } from "./day.ts";
import { createPowers, type Powers } from "./powers.ts";

export const DAY_GS = 86_400;
const PURSE = 20_000;

const ACTIONS = Object.values(FactionAction).filter((action) => action !== FactionAction.UNSPECIFIED);

/** Every action of every rule speaks for itself with this input alone. */
const usual = ACTIONS.map((action) => ({
  action,
  weight: 1,
  considers: [{ input: FactionInput.TREASURY, curve: Curve.LINEAR, slope: 0.5, centre: 0.5 }],
}));

/** Six regions in a row, west to east, and three factions: at both ends, and in the middle. */
export function rowOfSix(over: MessageInitShape<typeof FactionsSchema> = {}): Powers {
  const ids = ["a", "b", "c", "d", "e", "f"].map((name) => `region:${name}`);
  const ground = create(RealmGroundSchema, {
    regions: ids.map((id) => create(RegionSchema, { id })),
    factions: create(FactionsSchema, {
      deedCost: 2_000,
      wordCost: 200,
      actions: usual,
      factions: [
        {
          ...{ id: "faction:west", seatRegionId: "region:a", strength: 0.5, treasury: 9_000 },
          ideology: { authority: 1 },
        },
        {
          ...{ id: "faction:mid", seatRegionId: "region:c", strength: 0.6, treasury: 8_000 },
          ...{ regionIds: ["region:d"], ideology: { authority: 0.8, commerce: 0.6 } },
        },
        {
          ...{ id: "faction:east", seatRegionId: "region:f", strength: 0.4, treasury: 7_000 },
          ideology: { authority: -1 },
        },
      ],
      ...over,
    }),
  });
  ids.forEach((id, at) => {
    const regionIds = [ids[at - 1], ids[at + 1]].filter((next) => next !== undefined);
    ground.borders[id] = create(NeighboursSchema, { regionIds });
  });
  const powers = createPowers(ground);
  if (powers === undefined) throw new TypeError("these factions are powers");
  return powers;
}

/** Affairs whose days a test lets pass. */
export function livingAffairs(powers: Powers, draw: () => number, hunger: Day["hunger"] = () => 0) {
  const affairs: Affairs = firstAffairs(
    powers,
    powers.territories.map(() => ({ money: PURSE })),
  );
  let day = 0;
  const luck = { uniform: draw, int: (below: number) => Math.min(below - 1, Math.floor(draw() * below)) };
  function pass() {
    day += 1;
    const today = { atGs: day * DAY_GS, luck, hunger };
    beginDay(powers, affairs, today);
    const deeds = [...actions(powers, affairs, today)];
    return { deeds, ...endDay(powers, affairs, today) };
  }
  return { affairs, pass, today: () => day };
}

/** Draws that a seed gives. */
export function drawsOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}
