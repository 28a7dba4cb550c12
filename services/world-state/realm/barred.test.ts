import { Flood, GroundConditionsChanged } from "@orrery/schema/weather/v1";
import { RouteChanged, RouteWhy, ThingActed, Verb } from "@orrery/schema/world/v1";
import { beforeEach, expect, describe, it } from "vitest";
import { DAY_GS, hollowmere, realmWorld } from "./valley.testing.ts";

const GATE = "object:toll-gate";
let { world, passUntil, nowGs }: ReturnType<typeof realmWorld> = {} as never;
beforeEach(async () => {
  ({ world, passUntil, nowGs } = realmWorld(await hollowmere()));
});
const did = (verb: Verb, routeId = "place:road-fen", thingId = GATE) =>
  world.tell(
    ThingActed,
    { atGs: nowGs(), thingId, actorId: "player:ada", verb, routeId, regionId: "region:meremouth" },
    { source: "world-state" },
  );
const told = () => world.emitted(RouteChanged).map(({ event }) => [event.routeId, event.open, event.why]);

describe("a road whose gate is barred", () => {
  it("is closed with the act as its cause, whole or by the stretch, and open again with the other", () => {
    const cause = did(Verb.BAR, "place:road-fen/2");
    expect(told()).toEqual([["place:road-fen/2", false, RouteWhy.BARRED]]);
    expect(world.emitted(RouteChanged)[0]?.cause).toEqual(cause);
    const opened = did(Verb.UNBAR, "place:road-fen/2");
    expect(told().at(-1)).toEqual(["place:road-fen/2", true, RouteWhy.UNSPECIFIED]);
    expect(world.emitted(RouteChanged)[1]?.cause).toEqual(opened);
    did(Verb.BAR);
    expect(
      told()
        .slice(2)
        .map(([id]) => id),
    ).toEqual(["place:road-fen/1", "place:road-fen/2"]);
  });

  it("sends nothing over it while it is, and the books add up", () => {
    passUntil(2 * DAY_GS);
    const over = () =>
      [...world.state.shipments].filter(([, { routeIds }]) => routeIds.includes("place:road-shore/1"));
    expect(over().length).toBeGreaterThan(0);
    did(Verb.BAR, "place:road-shore/1");
    const before = new Set(over().map(([id]) => id));
    passUntil(4 * DAY_GS);
    expect(over().filter(([id]) => !before.has(id))).toEqual([]);
  });

  it("stays closed when the gate opens upon water, and that is said", () => {
    did(Verb.BAR, "place:road-fen/2");
    world.tell(GroundConditionsChanged, {
      atGs: nowGs(),
      regionId: "region:sedgefen",
      flood: Flood.FLOOD,
      traction: 1,
    });
    did(Verb.UNBAR, "place:road-fen/2");
    expect(told().filter(([id]) => id === "place:road-fen/2")).toEqual([
      ["place:road-fen/2", false, RouteWhy.BARRED],
      ["place:road-fen/2", false, RouteWhy.FLOOD],
    ]);
  });

  it("with two gates is closed until both are open", () => {
    did(Verb.BAR);
    did(Verb.BAR, "place:road-fen/1", "object:constructor");
    did(Verb.UNBAR);
    expect(world.state.routes.get("place:road-fen/1")?.open).toBe(false);
    expect(world.state.routes.get("place:road-fen/2")?.open).toBe(true);
    did(Verb.UNBAR, "place:road-fen/1", "object:constructor");
    expect(world.state.routes.get("place:road-fen/1")?.open).toBe(true);
  });

  it("is none that there is not, and bells close none", () => {
    did(Verb.BAR, "place:constructor");
    did(Verb.RING, "place:road-fen");
    did(Verb.BAR, "");
    did(Verb.UNBAR, "place:road-low");
    expect(told()).toEqual([]);
  });
});
