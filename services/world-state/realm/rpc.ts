import { setImmediate } from "node:timers/promises";
import { clone } from "@bufbuild/protobuf";
import { coverOf, peopleOf, priceOf, trendOf, useOf, type Valley } from "@orrery/economy";
import {
  type Market,
  type MarketShownInit,
  type Route,
  type WorldService,
  type GoodOutlookInit,
  type RealmGround,
  RealmGroundSchema,
  type SimulateRequest,
} from "@orrery/schema/world/v1";
import type { Call, Handlers } from "@orrery/service";
import { streamsOf } from "@orrery/simulation";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../errors.ts";
import { realm } from "./aggregate.ts";
import { booksToRead } from "./books.ts";
import { priceEvent } from "./events/sway.ts";
import { explainPrice } from "./explain.ts";
import { explainPowers } from "./explain-powers.ts";
import { readPrices } from "./history.ts";
import { namesOf } from "./names.ts";
import { lookAtPowers } from "./look-powers.ts";
import { explainReputation } from "./reputations/show.ts";
import { simulateByDay } from "./simulate.ts";
import { PACK } from "./state.ts";

const WEEK_GS = 7 * 86_400;
const MOST_PRICES = 5_000;
const MOST_SHIPMENTS = 2_000;
const HOURS = 24;
const MOST_DAYS = 3_600;
const MOST_CHANGES = 32;
const MOST_FACTOR = 100;

/** @throws WORLD_NO_MARKETS */
function look(call: Call, worldId: string) {
  const worlds = call.part(realm);
  const state = worlds.state(worldId);
  const { valley } = worlds.derived(worldId);
  const ground = state.grounds.get(PACK);
  if (valley === undefined || ground === undefined)
    throw new OrreryError(worldStateErrors.WORLD_NO_MARKETS, { given: worldId });
  const { hourGs, season, dayOfYear } = state.root;
  const date = { atGs: hourGs, season, dayOfYear };
  return { valley, ground, books: booksToRead(state, valley), date, names: namesOf(ground, valley) };
}

type Around = ReturnType<typeof look>;

/** @throws WORLD_UNKNOWN_MARKET */
function placeNo({ valley }: Around, regionId: string): number {
  const place = valley.placeNo(regionId);
  if (place < 0) throw new OrreryError(worldStateErrors.WORLD_UNKNOWN_MARKET, { given: regionId });
  return place;
}

/** @throws WORLD_UNKNOWN_MARKET */
function goodNo({ valley }: Around, goodId: string): number {
  const good = valley.goodNo(goodId);
  if (good < 0) throw new OrreryError(worldStateErrors.WORLD_UNKNOWN_MARKET, { given: goodId });
  return good;
}

function shown({ valley, books, date }: Around, number: number): MarketShownInit {
  const { place, good } = valley.markets[number] as Valley["markets"][number];
  const market = books.markets[number] as Market;
  const { stock, inbound, level, unmet, made, used, came, went } = market;
  return {
    regionId: valley.places[place]?.id ?? "",
    goodId: valley.goods[good]?.id ?? "",
    price: priceOf(market),
    base: valley.goods[good]?.base ?? 0,
    trend: trendOf(market),
    use: useOf(valley, books, number, date.season),
    coverDays: coverOf(valley, books, number, date.season),
    ...{ stock, inbound, level, unmet, made, used, came, went },
  };
}

/** @throws WORLD_SIMULATE_DAYS, WORLD_SIMULATE_CHANGES */
function checkSimulation({ days, changes }: Pick<SimulateRequest, "days" | "changes">): void {
  if (days < 1 || days > MOST_DAYS)
    throw new OrreryError(worldStateErrors.WORLD_SIMULATE_DAYS, { given: `${days} days` });
  const factors = changes.flatMap(({ change }) =>
    typeof change.value === "object" ? [change.value.factor] : [],
  );
  const isOff = factors.some((factor) => !(factor >= 0 && factor <= MOST_FACTOR));
  if (changes.length > MOST_CHANGES || isOff || changes.some(({ change }) => change.case === undefined))
    throw new OrreryError(worldStateErrors.WORLD_SIMULATE_CHANGES, {
      given: `${changes.length} changes, factors ${factors.join(", ")}`,
    });
}

/** Lets a simulation live, with room for others between its days. */
async function lived(simulation: ReturnType<typeof simulateByDay>): Promise<GoodOutlookInit[]> {
  for (;;) {
    const { done, value } = simulation.next();
    if (done) return value;
    await setImmediate();
  }
}

export const marketCalls: Pick<
  Handlers<typeof WorldService>,
  "getMarket" | "getRoutes" | "getHistory" | "explain" | "simulate"
> = {
  getMarket({ worldId, regionId, goodId }, call) {
    const around = look(call, worldId);
    const { valley, books, date, names } = around;
    const place = regionId === "" ? undefined : placeNo(around, regionId);
    const good = goodId === "" ? undefined : goodNo(around, goodId);
    const isAsked = (one: Valley["markets"][number]) =>
      (place === undefined || one.place === place) && (good === undefined || one.good === good);
    return {
      atGs: date.atGs,
      goods: valley.goods.filter((_, at) => good === undefined || at === good),
      markets: valley.markets.flatMap((one, number) => (isAsked(one) ? [shown(around, number)] : [])),
      purses: valley.places.flatMap(({ id }, at) =>
        place === undefined || at === place
          ? [
              {
                regionId: id,
                name: names.place(at),
                money: books.purses[at]?.money ?? 0,
                people: peopleOf(valley, books, at),
              },
            ]
          : [],
      ),
    };
  },
  getRoutes({ worldId }, call) {
    const { valley, books, date, names } = look(call, worldId);
    return {
      atGs: date.atGs,
      routes: valley.links.map(({ id, roadId, from, to, km, capacity }, number) => {
        const { open, why, sinceGs, causePublisher, causeSequence } = books.routes[number] as Route;
        const fromId = valley.places[from]?.id ?? "";
        const toId = valley.places[to]?.id ?? "";
        const name = names.road(roadId);
        return {
          routeId: id,
          ...{ roadId, name, fromId, toId, km, open, sinceGs },
          capacity: capacity * HOURS,
          ...{ why, causePublisher, causeSequence },
        };
      }),
      shipments: [...books.shipments.all()].slice(0, MOST_SHIPMENTS).map(([, shipment]) => {
        const { goodId, quantity, fromId, toId, routeIds, departedGs, arrivesGs } = shipment;
        return { goodId, quantity, fromId, toId, routeIds: [...routeIds], departedGs, arrivesGs };
      }),
    };
  },
  async getHistory({ worldId, regionId, goodId, fromGs, toGs, stepHours }, call) {
    const around = look(call, worldId);
    placeNo(around, regionId);
    goodNo(around, goodId);
    const until = toGs ?? around.date.atGs;
    const from = fromGs ?? until - WEEK_GS;
    const asked = { world: worldId, regionId, goodId, fromGs: from, toGs: until, stepHours };
    return { prices: await readPrices(call.kit.store, asked, MOST_PRICES) };
  },
  async simulate({ worldId, days, changes }, call) {
    checkSimulation({ days, changes });
    const { books, date, ground } = look(call, worldId);
    // From here on the world goes its own way.
    const beginning = {
      ground: clone(RealmGroundSchema, ground as RealmGround),
      books,
      dayOfYear: date.dayOfYear,
    };
    const streams = streamsOf(worldId, `what-if at ${date.atGs}`);
    const changed = simulateByDay(beginning, changes, days, streams);
    const asItIs = simulateByDay(beginning, [], days, streams);
    // Both take their copies in this turn.
    const firsts = [asItIs.next(), changed.next()];
    if (firsts.some(({ done }) => done)) return {};
    return { asItIs: await lived(asItIs), changed: await lived(changed) };
  },
  explain({ worldId, regionId, goodId, factionId, otherId, playerId }, call) {
    if (factionId !== "" && playerId !== "")
      return explainReputation(lookAtPowers(call, worldId), { factionId, playerId });
    if (factionId !== "") return explainPowers(lookAtPowers(call, worldId), { regionId, factionId, otherId });
    const around = look(call, worldId);
    const { valley, books, date, names } = around;
    const market = valley.market(placeNo(around, regionId), goodNo(around, goodId));
    const { events } = call.part(realm).state(worldId);
    return explainPrice(valley, books, market, date, names, priceEvent(events, valley, market));
  },
};
