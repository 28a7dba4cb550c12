import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  EconomySchema,
  RealmGroundSchema,
  RegionSchema,
  RoadSchema,
  SeasonKind,
} from "@orrery/schema/world/v1";
import { type Books, openBooks } from "./books.ts";
import { FAIR, type Hour, UNSWAYED } from "./given.ts";
import { passHour } from "./hour.ts";
import { createValley, type Valley } from "./valley.ts";

const HOUR_GS = 3_600;
const YEAR_DAYS = 40;

/** Three villages on one road: a field at one end, a forge in the middle, mouths at the other. */
export function threeVillages(over: MessageInitShape<typeof EconomySchema> = {}): Valley {
  const economy = create(EconomySchema, {
    goods: [
      {
        id: "good:grain",
        name: "grain",
        base: 30,
        volatility: 0.1,
        use: 0.05,
        spoilage: 0.001,
        staple: true,
      },
      { id: "good:fuel", name: "fuel", base: 40, volatility: 0.1, use: 0.02, staple: true },
      { id: "good:tools", name: "tools", base: 200, volatility: 0.2, use: 0.002 },
    ],
    makers: [
      {
        id: "maker:field",
        placeId: "place:f",
        regionId: "region:field",
        goodId: "good:grain",
        capacity: 30,
        hands: 4,
      },
      {
        id: "maker:wood",
        placeId: "place:w",
        regionId: "region:field",
        goodId: "good:fuel",
        capacity: 20,
        hands: 4,
      },
      {
        id: "maker:forge",
        placeId: "place:s",
        regionId: "region:forge",
        goodId: "good:tools",
        capacity: 2,
        hands: 4,
        needs: [{ goodId: "good:fuel", quantity: 2 }],
      },
    ],
    crowds: [
      { regionId: "region:field", people: 150 },
      { regionId: "region:forge", people: 100 },
      { regionId: "region:end", people: 200 },
    ],
    carriages: [{ roadId: "place:road", capacity: 200, risk: 0 }],
    ...over,
  });
  const valley = createValley(
    create(RealmGroundSchema, {
      economy,
      regions: ["region:field", "region:forge", "region:end"].map((id) => create(RegionSchema, { id })),
      roads: [
        create(RoadSchema, {
          id: "place:road",
          lengthKm: 16,
          low: true,
          regionIds: ["region:field", "region:forge", "region:end"],
        }),
      ],
      seasons: [
        { kind: SeasonKind.SPRING, startDay: 1 },
        { kind: SeasonKind.SUMMER, startDay: 11 },
        { kind: SeasonKind.AUTUMN, startDay: 21 },
        { kind: SeasonKind.WINTER, startDay: 31 },
      ],
      yearDays: YEAR_DAYS,
    }),
  );
  if (valley === undefined) throw new TypeError("a valley without goods");
  return valley;
}

/** Luck that is never any: noise 0, and no load is lost. */
export const NO_LUCK = { uniform: () => 1, normal: () => 0 };

/** Markets that live from hour to hour under a fair sky, unless told otherwise. */
export function livingMarkets(valley: Valley, luck: Hour["luck"] = NO_LUCK) {
  const books: Books = openBooks(valley, 1);
  let hours = 0;
  return {
    books,
    at: (region: string, good: string) =>
      books.markets[valley.market(valley.placeNo(`region:${region}`), valley.goodNo(`good:${good}`))]!,
    close: (link: number, open = false) => void Object.assign(books.routes[link]!, { open }),
    /** @returns what was told in these hours */
    live(count: number, over: Partial<Hour> = {}) {
      return Array.from({ length: count }, () => {
        hours += 1;
        const day = Math.floor((hours - 1) / 24);
        return passHour(valley, books, {
          atGs: hours * HOUR_GS,
          season: (Math.floor((day % YEAR_DAYS) / 10) + 1) as SeasonKind,
          dayOfYear: (day % YEAR_DAYS) + 1,
          sky: () => FAIR,
          labour: () => 1,
          sway: UNSWAYED,
          luck,
          ...over,
        });
      });
    },
  };
}
