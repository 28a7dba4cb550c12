import { MarketsSampled, type PriceAtInit } from "@orrery/schema/world/v1";
import { projection, type Store } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";

interface HistoryTables {
  market_hour: { world: string; at_gs: number; first_region: string; sample: Uint8Array };
}

const HOUR_GS = 3_600;
const DAY_GS = 24 * HOUR_GS;
const KEPT_GS = 720 * DAY_GS;

/** Keeps every hour of every market as it passes; the realm itself remembers only the present. */
export const history = projection(
  "history",
  [MarketsSampled.typeName],
  async (events, into) => {
    const db = into.as<HistoryTables>();
    for (const event of events) {
      const sample = event.decode(MarketsSampled);
      const { atGs, regionIds } = sample;
      const first_region = regionIds[0] ?? "";
      await db
        .insertInto("market_hour")
        .values({ world: into.world, at_gs: atGs, first_region, sample: encodeBytes(MarketsSampled, sample) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      if (atGs % DAY_GS === 0)
        await db
          .deleteFrom("market_hour")
          .where("world", "=", into.world)
          .where("at_gs", "<", atGs - KEPT_GS)
          .execute();
    }
  },
  { tables: ["market_hour"] },
);

export interface HistoryAsked {
  readonly world: string;
  readonly regionId: string;
  readonly goodId: string;
  /** Game seconds, both included. */
  readonly fromGs: number;
  readonly toGs: number;
  readonly stepHours: number;
}

/** What a good cost in a region, oldest first. @param most so many at most */
export async function readPrices(store: Store, asked: HistoryAsked, most: number): Promise<PriceAtInit[]> {
  const { regionId, goodId, stepHours } = asked;
  const prices: PriceAtInit[] = [];
  for await (const { at_gs: atGs, sample } of rowsOf(store, asked)) {
    const last = prices.at(-1)?.atGs;
    if (last !== undefined && (atGs === last || atGs - last < stepHours * HOUR_GS)) continue;
    const { regionIds, goodIds, prices: all, stocks, coverDays } = MarketsSampled.decode(sample);
    const [region, good] = [regionIds.indexOf(regionId), goodIds.indexOf(goodId)];
    if (region < 0 || good < 0) continue;
    const at = region * goodIds.length + good;
    prices.push({ atGs, price: all[at] ?? 0, stock: stocks[at] ?? 0, coverDays: coverDays[at] ?? 0 });
    if (prices.length === most) break;
  }
  return prices;
}

const PAGE = 500;

/** Rows in their order, some hundreds at a time: two years of a world are fifty megabytes. */
async function* rowsOf(store: Store, { world, fromGs, toGs }: HistoryAsked) {
  let after = { at_gs: fromGs, first_region: "" };
  for (;;) {
    const { at_gs, first_region } = after;
    const page = await store
      .as<HistoryTables>()
      .selectFrom("market_hour")
      .select(["at_gs", "first_region", "sample"])
      .where("world", "=", world)
      .where((row) =>
        row.or([
          row("at_gs", ">", at_gs),
          row.and([row("at_gs", "=", at_gs), row("first_region", ">", first_region)]),
        ]),
      )
      .where("at_gs", "<=", toGs)
      .orderBy("at_gs")
      .orderBy("first_region")
      .limit(PAGE)
      .execute();
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last;
  }
}
