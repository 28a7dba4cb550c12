import { imbalanceOf, priceOf } from "@orrery/economy";
import { fingerprint } from "@orrery/schema/registry";
import { HourChanged, Season } from "@orrery/schema/time/v1";
import {
  type Pack,
  ShortageDeclared,
  ShortageLevel,
  ShortageWhy,
  WorldCreated,
} from "@orrery/schema/world/v1";
import { handlersOf, newProgress, openShard } from "@orrery/simulation";
import { encodeBytes, openFrame } from "@orrery/wire";
import { booksToRead, moneyIn, realm, type Standing } from "@orrery/world-state/realm";
import { watchLand } from "./land.ts";
import { startWeather } from "./weather.ts";

const WORLD = "valley";
const HOUR_GS = 3_600;
const HOURS = 24;
const SEASONS = [Season.SPRING, Season.SUMMER, Season.AUTUMN, Season.WINTER] as const;
const WHYS = Object.fromEntries(
  Object.entries(ShortageWhy).map(([name, value]) => [value, name.toLowerCase()]),
);
const [LOWEST, HIGHEST] = [0.2, 6];
const SLACK = 1e-9;

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** What years of the markets come to, of one seed. */
export type Life = ReturnType<typeof liveYears>;

export function liveYears(pack: Pack, seed: string, years: number) {
  const sky = startWeather(pack, seed);
  const facts = { service: "world-state", world: WORLD, part: "realm/0", fingerprint };
  const shard = openShard(realm, handlersOf(realm), facts, newProgress(facts, seed, "life"), undefined);
  const sequences = new Map<string, number>();
  const take = (type: string, publisher: string, payload: Uint8Array) => {
    const sequence = (sequences.get(publisher) ?? 0) + 1;
    sequences.set(publisher, sequence);
    shard.takeEvent({ publisher, sequence, type, key: "", source: publisher, timeMs: sequence, payload });
  };
  const created = encodeBytes(WorldCreated, { worldId: WORLD, seed, atGs: 0, pack });
  take(WorldCreated.typeName, "operator", created);
  for (const { type, payload } of sky.beginning) take(type, "weather-manager", payload);
  shard.collect();

  const { valley } = shard.derived as Standing;
  if (valley === undefined) throw new TypeError("the pack has no goods");
  const money = moneyIn(shard.state, shard.derived as Standing);
  const land = watchLand();
  const days = (pack.calendar?.months ?? []).reduce((sum, { days: count }) => sum + count, 0);
  const ratios = valley.goods.map((): number[] => []);
  const unmet = valley.goods.map(() => 0);
  const whys: Record<string, number> = {};
  let [shortages, unexplained, outOfBounds, worstImbalance, spentMs, closedHours] = [0, 0, 0, 0, 0, 0];
  const inside = valley.markets.flatMap(({ place }, at) => (valley.places[place]?.outside ? [] : [at]));
  const hours = years * days * HOURS;
  for (let hour = 1; hour <= hours; hour++) {
    const dayOfYear = (Math.floor((hour - 1) / HOURS) % days) + 1;
    const season = SEASONS[Math.floor(((dayOfYear - 1) * SEASONS.length) / days)] as Season;
    const now = { atGs: hour * HOUR_GS, season, dayOfYear };
    const said = sky.pass(now);
    const beganMs = cpuMs();
    for (const { type, payload } of said) take(type, "weather-manager", payload);
    // Everybody is at work: people are another bench's.
    for (const id of shard.state.shifts.ids())
      for (const npc of Object.keys(shard.state.shifts.get(id)?.workedGs ?? {}))
        if (hour % HOURS === 1) shard.state.shifts.edit(id).workedGs[npc] = now.atGs;
    take(HourChanged.typeName, "time-manager", encodeBytes(HourChanged, { atGs: now.atGs, now }));
    const frames = shard.collect()?.frames ?? [];
    spentMs += cpuMs() - beganMs;
    for (const { type, payload } of frames.flatMap((frame) => [...openFrame(frame).events()])) {
      land.take(type, payload);
      if (type !== ShortageDeclared.typeName) continue;
      const { level, why, regionId } = ShortageDeclared.decode(payload);
      if (level === ShortageLevel.EASED) continue;
      if (level === ShortageLevel.SHORT) shortages += 1;
      if (why === ShortageWhy.UNSPECIFIED) unexplained += 1;
      const name = `${regionId.slice("region:".length)} ${WHYS[why]}`;
      whys[name] = (whys[name] ?? 0) + 1;
    }
    const books = booksToRead(shard.state, valley);
    closedHours += books.routes.filter(({ open }) => !open).length;
    for (const at of inside) {
      const { good } = valley.markets[at] as (typeof valley.markets)[number];
      const market = books.markets[at] as (typeof books.markets)[number];
      unmet[good] = (unmet[good] ?? 0) + market.unmet;
      const ratio = priceOf(market) / (valley.goods[good]?.base ?? 1);
      if (ratio < LOWEST - SLACK || ratio > HIGHEST + SLACK) outOfBounds += 1;
      if (hour % HOURS === 0) ratios[good]?.push(ratio);
    }
    if (hour % (HOURS * 10) !== 0) continue;
    const off = valley.goods.map((_, good) => Math.abs(imbalanceOf(valley, books, good)));
    worstImbalance = Math.max(worstImbalance, ...off);
  }
  const share = (sorted: readonly number[], at: number) =>
    Number((sorted[Math.floor(at * (sorted.length - 1))] ?? 0).toFixed(2));
  const goods = valley.goods.map(({ id, staple }, good) => {
    const sorted = ratios[good]?.toSorted((one, other) => one - other) ?? [];
    const missed = (unmet[good] ?? 0) / (hours * (inside.length / valley.goods.length));
    return {
      id,
      staple,
      p5: share(sorted, 0.05),
      p50: share(sorted, 0.5),
      p95: share(sorted, 0.95),
      unmet: Number(missed.toFixed(4)),
    };
  });
  return {
    seed,
    msAnHour: Number((spentMs / hours).toFixed(3)),
    shortagesAYear: shortages / years,
    unexplained,
    whys,
    outOfBounds,
    worstImbalance,
    worstUnmet: Math.max(...goods.map(({ unmet: missed }) => missed)),
    moneyMissing: Math.abs(money - moneyIn(shard.state, shard.derived as Standing)),
    ...land.found(years),
    closedHoursADay: Number((closedHours / (years * days)).toFixed(1)),
    staples: goods.filter(({ staple }) => staple).map(({ id, p5, p95 }) => ({ id, p5, p95 })),
    goods,
  };
}
