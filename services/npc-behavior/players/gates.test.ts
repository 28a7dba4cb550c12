import { stretchOf } from "@orrery/atlas";
import { type Mind, NpcMoved } from "@orrery/schema/npc/v1";
import { type Pack, ThingActed, Verb } from "@orrery/schema/world/v1";
import { beforeAll, expect, it } from "vitest";
import { reachFrom } from "./gates.ts";
import { thoughtsOf } from "../turn/weigh.ts";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
let pack: Pack;
let lived: ReturnType<typeof peopleWorld>;
const gate = (thingId: string, verb: Verb, routeId: string) =>
  lived.world.tell(ThingActed, { atGs: lived.nowGs(), thingId, actorId: "", verb, routeId, placeId: "" });

beforeAll(async () => {
  pack = await hollowmere();
  if (pack.society) pack.society.persons = pack.society.persons.slice(0, 60);
  lived = peopleWorld(pack, 6 * H);
  lived.passUntil(7 * H, 300);
});

it("while a gate is barred nobody can get over it, and all can once it is open", () => {
  const [[npcId]] = [...lived.world.state.minds] as [[string, unknown]];
  const reaches = (placeId: string) => {
    const mind = lived.world.state.minds.get(npcId) as never;
    const place = lived.world.derived.country.atlas.place(placeId)!;
    const turn = { mind, nowGs: lived.nowGs(), state: lived.world.state, standing: lived.world.derived };
    return reachFrom(turn as never)?.(place);
  };
  const stretches = pack.land!.roads.flatMap(({ id, regionIds }) =>
    regionIds.slice(1).map((_, at) => `${id}/${at + 1}`),
  );
  expect(reaches("place:long-bridge")).toBeUndefined();
  for (const [at, routeId] of stretches.entries()) {
    expect(stretchOf(pack.land!.roads, routeId)).toBeDefined();
    gate(`object:gate-${at}`, Verb.BAR, routeId);
  }
  expect(reaches("place:long-bridge")).toBe(false);
  expect(reaches("place:hollowmarket-square")).toBe(true);
  const before = lived.world.emitted(NpcMoved).length;
  lived.passUntil(9 * H, 300);
  // Within the town life goes on.
  expect(lived.world.emitted(NpcMoved).length).toBeGreaterThan(before);
  for (const at of stretches.keys()) gate(`object:gate-${at}`, Verb.UNBAR, "");
  expect(reaches("place:long-bridge")).toBeUndefined();
});

it("whoever works beyond a barred gate does not think of their work until it is open", () => {
  const [, mind] = [...lived.world.state.minds][0]!;
  const worker = { ...mind, workPlaceId: "place:long-bridge", slotActivityId: "activity:work" };
  const thinksOf = () =>
    thoughtsOf({
      ...{ mind: worker as Mind, nowGs: lived.nowGs() },
      ...{ state: lived.world.state, standing: lived.world.derived },
    }).map(({ activity }) => activity.id);
  expect(thinksOf()).toContain("activity:work");
  const all = pack.land!.roads.flatMap(({ id, regionIds: over }) =>
    over.slice(1).map((_, at) => `${id}/${at + 1}`),
  );
  for (const [at, routeId] of all.entries()) gate(`object:gate-${at}`, Verb.BAR, routeId);
  expect(thinksOf()).not.toContain("activity:work");
  expect(thinksOf().length).toBeGreaterThan(0);
  for (const at of all.keys()) gate(`object:gate-${at}`, Verb.UNBAR, "");
  expect(thinksOf()).toContain("activity:work");
});

it("a gate that bars nothing that the land has keeps nobody", () => {
  gate("object:odd", Verb.BAR, "place:nowhere/1");
  gate("object:odd", Verb.BAR, "place:nowhere/1");
  lived.passUntil(10 * H, 300);
  gate("object:odd", Verb.UNBAR, "");
  gate("object:odd", Verb.UNBAR, "");
  expect(lived.world.state.barred.size).toBe(0);
});
