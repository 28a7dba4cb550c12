// What an hour of the markets costs: the valley's own, and a land of 500 regions and 24 goods.
//   node bench/economy/speed.ts [--json]
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { create } from "@bufbuild/protobuf";
import { createValley, FAIR, UNSWAYED, groundOf, openBooks, passHour, type Valley } from "@orrery/economy";
import { readPack } from "@orrery/pack";
import { EconomySchema, RealmGroundSchema, RegionSchema, RoadSchema } from "@orrery/schema/world/v1";
import { streamsOf } from "@orrery/simulation";

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const REGIONS = 500;
const GOODS = 24;
const COLUMNS = 25;
const HOURS = 60;
const WARM = 20;
const SPRING = 1;

/** A land like a chessboard: each region joined to the next in its row and column, makes one good and needs all. */
function largeValley(): Valley {
  const regions = Array.from({ length: REGIONS }, (_, at) => `region:r${at}`);
  const goods = Array.from({ length: GOODS }, (_, at) => `good:g${at}`);
  const links = regions.flatMap((id, at) => [
    ...((at + 1) % COLUMNS === 0 ? [] : [[id, regions[at + 1]]]),
    ...(at + COLUMNS < REGIONS ? [[id, regions[at + COLUMNS]]] : []),
  ]) as [string, string][];
  const valley = createValley(
    create(RealmGroundSchema, {
      economy: create(EconomySchema, {
        goods: goods.map((id, at) => ({ id, name: id, base: 10 + at, volatility: 0.1, use: 0.02 })),
        makers: regions.map((regionId, at) => ({
          id: `maker:m${at}`,
          placeId: `place:p${at}`,
          regionId,
          goodId: goods[at % GOODS] as string,
          capacity: 60,
          hands: 5,
        })),
        crowds: regions.map((regionId) => ({ regionId, people: 100 })),
        carriages: links.map((_, at) => ({ roadId: `place:road-${at}`, capacity: 300, risk: 0.01 })),
      }),
      regions: regions.map((id) => create(RegionSchema, { id })),
      roads: links.map((regionIds, at) =>
        create(RoadSchema, { id: `place:road-${at}`, lengthKm: 10, regionIds }),
      ),
      yearDays: 360,
    }),
  );
  if (valley === undefined) throw new TypeError("no valley");
  return valley;
}

/** Median, ms. */
function hourMs(valley: Valley): number {
  const books = openBooks(valley, 1);
  const streams = streamsOf("speed", "economy");
  const took: number[] = [];
  for (let hour = 1; hour <= HOURS; hour++) {
    const beganMs = performance.now();
    passHour(valley, books, {
      atGs: hour * 3_600,
      season: SPRING,
      dayOfYear: 1,
      sky: () => FAIR,
      labour: () => 1,
      sway: UNSWAYED,
      luck: streams.stream("hour", hour),
    });
    if (hour > WARM) took.push(performance.now() - beganMs);
  }
  return took.sort((one, other) => one - other)[took.length >> 1] ?? 0;
}

const { pack } = await readPack(join(import.meta.dirname, "../../worlds/hollowmere"));
const own = createValley(groundOf(pack));
if (own === undefined) throw new TypeError("the pack has no goods");
const report = {
  machine: `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown"}, node ${process.versions.node}`,
  markets: own.markets.length,
  hourMs: Number(hourMs(own).toFixed(3)),
  largeMarkets: REGIONS * GOODS,
  largeHourMs: Number(hourMs(largeValley()).toFixed(1)),
};
process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);
