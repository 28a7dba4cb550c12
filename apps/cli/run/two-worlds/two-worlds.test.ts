import { create } from "@bufbuild/protobuf";
import { type JournalEvent, JournalEventSchema } from "@orrery/schema/bus/v1";
import { MoveState, NpcMoved } from "@orrery/schema/npc/v1";
import { PriceChanged, RouteChanged, ShortageDeclared, ShortageLevel } from "@orrery/schema/world/v1";
import { WeatherSevere } from "@orrery/schema/weather/v1";
import { type Codec, encodeBytes, type InitOf } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { reasonInWords } from "./difference.ts";
import { landDifferences } from "./land.ts";
import { partedAt } from "./parted.ts";
import { firstApart, type Told, toldOf } from "./told.ts";
import { elsewhere, hoursOf } from "./whereabouts.ts";

const H = 3_600;
const nameOf = (id: string) => id.slice(id.indexOf(":") + 1);

/** What a world told: each thing under the place in its journal that is given, caused by another one. */
function world(name: string) {
  const events: JournalEvent[] = [];
  const say = <C extends Codec>(codec: C, event: InitOf<C> & { atGs: number }, more: object = {}) => {
    const id = { publisher: name, sequence: events.length + 1 };
    const payload = encodeBytes(codec, event as never);
    const said = { id, type: codec.typeName, atGs: event.atGs, payload, ...more };
    events.push(create(JournalEventSchema, said));
    return id;
  };
  return { say, told: (): Told => toldOf(name, events) };
}
const STORM = { regionId: "region:market" };
const closed = { roadId: "place:low", routeId: "place:low/1", fromId: "region:mill", toId: "region:market" };
const short = { regionId: "region:market", goodId: "good:grain", level: ShortageLevel.SHORT };

/** In one a storm closes the road, and bread runs short; in the other the sun shines, and the price falls a little. */
function two() {
  const [stormy, fair] = [world("stormy"), world("fair")];
  for (const { say } of [stormy, fair])
    say(PriceChanged, { atGs: H, regionId: "region:mill", goodId: "good:grain", price: 30, prev: 29 });
  const says = "storm over region:market";
  const storm = stormy.say(WeatherSevere, { atGs: 2 * H, ...STORM }, { says });
  const cause = stormy.say(RouteChanged, { atGs: 3 * H, ...closed }, { key: "low", cause: storm });
  const lack = stormy.say(ShortageDeclared, { atGs: 9 * H, ...short }, { key: "grain", cause });
  const price = { atGs: 9 * H, regionId: "region:market", goodId: "good:grain", prev: 30 };
  stormy.say(PriceChanged, { ...price, price: 60 }, { key: "market/grain" });
  fair.say(PriceChanged, { ...price, price: 29.8 }, { key: "market/grain" });
  return { stormy: stormy.told(), fair: fair.told(), storm, lack };
}

describe("two worlds that parted", () => {
  it("differ by the first thing behind an event that one of them alone has told", () => {
    const { stormy, fair, storm, lack } = two();
    expect(firstApart(stormy.at(lack)!, stormy, fair).id).toMatchObject(storm);
    expect(fair.has(stormy.events[0]!)).toBe(true);
    expect(fair.has(stormy.events[1]!)).toBe(false);
  });

  it("say of roads, bread and prices what differs and why, as surely as that is known", () => {
    const { stormy, fair } = two();
    const all = landDifferences(stormy, fair, 12 * H, nameOf);
    const of = (about: string) => all.filter((one) => one.about === about);
    expect(of("road").map(({ says }) => says)).toEqual([
      "low between mill and market was closed for 9 h in stormy and for 0 h in fair",
    ]);
    expect(of("shortage").map(({ says, how }) => [says, how])).toEqual([
      ["grain ran short in market, in stormy alone", "because"],
    ]);
    // No event says what moved the price: the storm came before it, and that is all that is said.
    expect(of("price").map(({ says, how }) => [says, how])).toEqual([
      ["grain in market costs 60.0 in stormy and 29.8 in fair", "after"],
    ]);
    expect(reasonInWords(of("shortage")[0]!, nameOf)).toBe(
      "Because: storm over market (day 1 02:00, in stormy alone).",
    );
    expect(landDifferences(fair, fair, 12 * H, nameOf)).toEqual([]);
  });
});

it("two worlds parted where the first of them left what is the past of both", () => {
  const fork = (worldId: string, parent: string, atGs: number) => ({ worldId, parent, atGs });
  const forks = [fork("a", "vale", 50), fork("b", "vale", 70), fork("c", "a", 90), fork("x", "fen", 5)];
  expect(partedAt(forks, "a", "b")).toBe(50);
  expect(partedAt(forks, "vale", "b")).toBe(70);
  expect(partedAt(forks, "c", "a")).toBe(90);
  expect(partedAt(forks, "c", "b")).toBe(50);
  expect(partedAt(forks, "a", "x")).toBeUndefined();
});

describe("where somebody was", () => {
  const { say, told } = world("w");
  const move = (atGs: number, state: MoveState, toPlaceId: string) =>
    say(NpcMoved, { atGs, npcId: "npc:a", state, toPlaceId, fromPlaceId: "home" });
  move(2.5 * H, MoveState.DEPARTED, "field");
  move(3.5 * H, MoveState.ARRIVED, "field");
  const hours = hoursOf(told().of(NpcMoved.typeName), "home", H, 6 * H);

  it("is known for each hour, on the way too", () => {
    expect(hours).toEqual(["home", "home", "", "field", "field", "field"]);
    expect(hoursOf([], "home", H, 3 * H)).toEqual(["home", "home", "home"]);
  });

  it("is compared hour by hour, with the longest time in two places told", () => {
    const stayed = hours.map(() => "home");
    expect(elsewhere(hours, stayed, H)).toEqual({
      hours: 4,
      longest: 3,
      where: { inA: "field", inB: "home", sinceGs: 4 * H },
    });
    expect(elsewhere(hours, hours, H)).toEqual({ hours: 0, longest: 0, where: undefined });
  });
});
