import { create } from "@bufbuild/protobuf";
import { Phase, PhaseChangedSchema } from "@orrery/schema/time/v1";
import { AlertKind, AlertLevel, AlertStage, WeatherSevereSchema } from "@orrery/schema/weather/v1";
import {
  ActionOutcome,
  ControlShownSchema,
  FactionAction,
  FactionShownSchema,
  MarketShownSchema,
  RouteShownSchema,
  RouteWhy,
  ShortageLevel,
  WorldEventSchema,
} from "@orrery/schema/world/v1";
import { describe, expect, it } from "vitest";
import type { Someone } from "../data/people.ts";
import { type Around, happenings } from "./happening.ts";

const someone = (n: number, activity: string, placeId = "place:inn"): Someone => ({
  id: `npc:${n}`,
  name: `N${n}`,
  role: "",
  activity,
  regionId: "region:a",
  placeId,
  motion: undefined,
});
const severe = (regionId: string, level: AlertLevel, kind: AlertKind = AlertKind.STORM) =>
  create(WeatherSevereSchema, { regionId, kind, level, stage: AlertStage.ONSET });
const market = (regionId: string, over: object = {}) =>
  create(MarketShownSchema, { regionId, goodId: "good:grain", price: 30, base: 30, use: 1, ...over });
const around = (over: Partial<Around> = {}): Around => ({
  alerts: [],
  routes: [],
  markets: [market("region:a")],
  people: [1, 2, 3, 4].map((n) => someone(n, "work")),
  events: [],
  factions: [],
  lands: [],
  atGs: 0,
  phase: create(PhaseChangedSchema, { to: Phase.DUSK, next: Phase.EVENING, endsGs: 68_400 }),
  nameOf: (id) => id.slice(id.indexOf(":") + 1),
  ...over,
});
const texts = (over: Partial<Around> = {}) => happenings(around(over)).map(({ text }) => text);

describe("what is happening", () => {
  it("is how the day goes, where nothing is wrong", () => {
    expect(texts()).toEqual([
      "What 4 people are at: work (4); 0 are on the way",
      "Inn is the busiest place: 4 are there",
      "It is dusk; evening comes at 19:00",
    ]);
  });

  it("is danger first: of one kind and level together, the graver before", () => {
    const alerts = [
      severe("region:a", AlertLevel.ADVISORY),
      severe("region:b", AlertLevel.WARNING),
      severe("region:c", AlertLevel.WARNING),
      severe("region:d", AlertLevel.WARNING),
    ];
    expect(texts({ alerts }).slice(0, 2)).toEqual([
      "Storm warning over b and 2 more",
      "Storm advisory over a",
    ]);
  });

  it("is what people lack, and why no more comes, with where to read on", () => {
    const routes = [
      create(RouteShownSchema, {
        name: "the Low Road",
        fromId: "region:a",
        toId: "region:b",
        why: RouteWhy.FLOOD,
      }),
    ];
    const markets = [
      market("region:a"),
      market("region:b", { level: ShortageLevel.SHORT }),
      market("region:c", { level: ShortageLevel.CRITICAL }),
    ];
    const [short, road] = happenings(around({ routes, markets }));
    expect(short?.text).toBe("Grain is almost gone in b and c");
    expect(short?.why).toEqual({ room: "market", region: "region:c", good: "good:grain" });
    expect(road?.text).toBe("The Low Road is closed between a and b: under water");
  });

  it("is the dearest price, but not of what nobody wants", () => {
    const markets = [market("region:a", { price: 60 }), market("region:b", { price: 300, use: 0 })];
    expect(texts({ markets })[0]).toBe("Grain costs 2.0 times the usual in a");
  });

  it("is what factions did of late, and whose land lies open", () => {
    const delve = (over: object) =>
      create(FactionShownSchema, {
        factionId: "faction:delve",
        name: "the Delve",
        last: { action: FactionAction.RAID, targetId: "faction:abbey", outcome: ActionOutcome.DONE, ...over },
      });
    const lands = [
      create(ControlShownSchema, {
        regionId: "region:a",
        contested: true,
        shares: [{ share: 0.5 }, { factionId: "faction:delve", share: 0.42 }],
      }),
      create(ControlShownSchema, { regionId: "region:b" }),
    ];
    const [deed, contest] = happenings(around({ factions: [delve({})], lands }));
    expect(deed).toMatchObject({ text: "The Delve chose to raid abbey", why: { faction: "faction:delve" } });
    expect(contest?.text).toBe("Whose a is lies open: the free folk 50 %, delve 42 %");
    expect(texts({ factions: [delve({ outcome: ActionOutcome.FAILED })] })[0]).toBe(
      "The Delve tried to raid abbey",
    );
    // Two days ago is no news, and who musters people none at all.
    expect(texts({ factions: [delve({})], atGs: 172_800 })).toEqual(texts());
    expect(texts({ factions: [delve({ action: FactionAction.RECRUIT })] })).toEqual(texts());
  });

  it("is what goes on somewhere, the larger the sooner", () => {
    const event = (text: string, intensity: number) =>
      create(WorldEventSchema, { eventId: `event:${text}/1`, text, intensity, regionId: "region:a" });
    const events = [event("a wedding", 0.3), event("a fever", 1)];
    expect(texts({ events }).slice(0, 2)).toEqual(["a fever", "a wedding"]);
  });

  it("is five things at most, and nothing of a world without anybody", () => {
    const alerts = [1, 2, 3, 4, 5, 6].map((kind) =>
      severe("region:a", AlertLevel.WARNING, kind as AlertKind),
    );
    expect(texts({ alerts })).toHaveLength(5);
    expect(happenings(around({ people: [], phase: undefined, markets: [] }))).toEqual([]);
  });
});
