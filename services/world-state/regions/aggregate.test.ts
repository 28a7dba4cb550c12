import {
  ActPhase,
  MoveState,
  NpcActed,
  NpcArrived,
  NpcDied,
  NpcMoved,
  NpcTookUp,
} from "@orrery/schema/npc/v1";
import { DeltaOp, EntityKind, type PropValue, WorldStateUpdated } from "@orrery/schema/world/v1";
import { testWorld } from "@orrery/simulation/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { regions } from "./aggregate.ts";

const MIRA = "npc:mira-reed";
const begin = () => testWorld(regions, { worldId: "vale" }, "world-state");
let world: ReturnType<typeof begin>;
beforeEach(() => {
  world = begin();
});
const arrive = (npcId = MIRA, atGs = 0) =>
  world.tell(NpcArrived, {
    atGs,
    npcId,
    regionId: "region:mill-vale",
    name: "Mira Reed",
    speciesId: "species:valefolk",
    roleId: "role:baker",
    placeId: "place:reed-home",
    xM: 24_000,
    yM: 24_000,
  });
const move = (state: MoveState, atGs: number, change: object = {}) =>
  world.tell(NpcMoved, {
    atGs,
    npcId: MIRA,
    regionId: "region:mill-vale",
    fromRegionId: "region:mill-vale",
    toPlaceId: "place:bakehouse",
    xM: 24_000,
    yM: 24_000,
    toXM: 24_300,
    toYM: 24_000,
    departGs: atGs,
    arriveGs: state === MoveState.ARRIVED ? atGs : atGs + 200,
    state,
    ...change,
  });
const act = (activityId: string, phase: ActPhase, atGs: number) =>
  world.tell(NpcActed, { atGs, npcId: MIRA, regionId: "region:mill-vale", activityId, phase });
const told = () => world.emitted(WorldStateUpdated).map(({ event }) => event);
const lastDelta = () => told().at(-1)?.deltas.at(-1);

describe("somebody", () => {
  it("is told whole when they arrive", () => {
    arrive();
    expect(lastDelta()).toMatchObject({
      entityId: MIRA,
      kind: EntityKind.NPC,
      op: DeltaOp.CREATED,
      version: 1,
      placeId: "place:reed-home",
      motion: { xM: 24_000, toXM: 24_000 },
    });
    expect(lastDelta()?.set["npc.name"]?.value).toEqual({ case: "text", value: "Mira Reed" });
  });

  it("is on the way from when they set out, and at a place once they are there", () => {
    arrive();
    move(MoveState.DEPARTED, 100, { viaM: [24_100, 24_050] });
    expect(lastDelta()).toMatchObject({
      op: DeltaOp.MOVED,
      placeId: "",
      motion: { toXM: 24_300, departGs: 100, arriveGs: 300, viaM: [24_100, 24_050] },
    });
    move(MoveState.ARRIVED, 300, { xM: 24_300 });
    expect(lastDelta()).toMatchObject({ op: DeltaOp.MOVED, placeId: "place:bakehouse" });
  });

  it("is something else once they have taken that up; whoever is not known yet is not made up", () => {
    const takes = (npcId: string) =>
      world.tell(NpcTookUp, { atGs: 5, npcId, regionId: "region:mill-vale", roleId: "role:miller" });
    takes(MIRA);
    expect(told()).toEqual([]);
    arrive();
    takes(MIRA);
    expect(lastDelta()).toMatchObject({ entityId: MIRA, op: DeltaOp.CHANGED });
    expect(lastDelta()?.set["npc.role"]?.value).toEqual({ case: "text", value: "role:miller" });
  });

  it("does what they began, until they set out", () => {
    arrive();
    act("activity:work", ActPhase.STARTED, 10);
    expect(lastDelta()).toMatchObject({ op: DeltaOp.CHANGED });
    expect(lastDelta()?.set["npc.activity"]?.value).toEqual({ case: "text", value: "activity:work" });
    act("activity:work", ActPhase.COMPLETED, 20);
    move(MoveState.DEPARTED, 30);
    expect(lastDelta()?.unset).toEqual(["npc.activity"]);
  });

  it("leaves one region for the other when they pass a border: each is told what it needs", () => {
    arrive();
    move(MoveState.DEPARTED, 100);
    move(MoveState.CROSSED, 300, { regionId: "region:market-vale" });
    const [gone, come] = told().slice(-2);
    expect(gone).toMatchObject({ regionId: "region:mill-vale" });
    expect(gone?.deltas).toMatchObject([{ op: DeltaOp.REMOVED, toRegionId: "region:market-vale" }]);
    expect(come).toMatchObject({ regionId: "region:market-vale", regionSeq: 1 });
    expect(come?.deltas).toMatchObject([
      { op: DeltaOp.CREATED, fromRegionId: "region:mill-vale", version: 3 },
    ]);
    expect(come?.deltas[0]?.set["npc.name"]?.value).toEqual({ case: "text", value: "Mira Reed" });
  });

  it("stays where they are when their arrival is heard after their first step", () => {
    move(MoveState.DEPARTED, 100);
    arrive(MIRA, 0);
    const entity = world.state.entities.get(MIRA);
    expect(entity).toMatchObject({ placeId: "", motion: { departGs: 100, toXM: 24_300 } });
    expect(entity?.props["npc.name"]).toBeDefined();
  });

  it("is not moved by what comes late, and it is counted", () => {
    arrive();
    move(MoveState.ARRIVED, 300);
    const before = told().length;
    move(MoveState.DEPARTED, 100);
    expect(told()).toHaveLength(before);
    expect(world.state.root.lateMoves).toBe(1);
  });

  it("who died is not brought back by a step that is heard after it", () => {
    arrive();
    move(MoveState.DEPARTED, 100);
    world.tell(NpcDied, { atGs: 250, npcId: MIRA, regionId: "region:mill-vale", name: "Mira Reed" });
    const before = told().length;
    move(MoveState.ARRIVED, 240);
    act("activity:bake", ActPhase.STARTED, 241);
    expect(world.state.entities.has(MIRA)).toBe(false);
    expect(told()).toHaveLength(before);
    expect(world.state.root.lateMoves).toBe(1);
    // Steps do not come days late: the names of the dead are not kept for ever.
    world.tell(NpcDied, { atGs: 5 * 86_400, npcId: "npc:other", regionId: "region:mill-vale" });
    expect([...world.state.gone.ids()]).toEqual(["npc:other"]);
  });

  it("may be called as no object should be", () => {
    for (const id of ["constructor", "__proto__", "npc:toString"]) arrive(id);
    expect(world.state.entities.size).toBe(3);
    expect(world.derived.census.get("region:mill-vale")?.size).toBe(3);
  });
});

interface Copy {
  readonly seq: number;
  readonly entities: ReadonlyMap<string, Readonly<Record<string, PropValue>>>;
}

/** A region as somebody has it who began with nothing and took in all that was said. */
function folded(regionId: string): Copy {
  const entities = new Map<string, Record<string, PropValue>>();
  let seq = 0;
  for (const update of told()) {
    if (update.regionId !== regionId) continue;
    expect(update.regionSeq).toBe(seq + 1);
    seq = update.regionSeq;
    for (const { entityId, op, set, unset } of update.deltas) {
      if (op === DeltaOp.REMOVED) entities.delete(entityId);
      else {
        const props = { ...entities.get(entityId), ...set };
        for (const name of unset) delete props[name];
        entities.set(entityId, props);
      }
    }
  }
  return { seq, entities };
}

it("whoever takes in every change of a region has it as it is", () => {
  const places = ["region:mill-vale", "region:market-vale", "region:mereshore"];
  let seed = 7;
  const draw = (n: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % n;
  for (let step = 0; step < 400; step++) {
    const npcId = `npc:p${draw(12)}`;
    const regionId = places[draw(3)]!;
    const about = { npcId, regionId, fromRegionId: regionId };
    const what = draw(4);
    if (what === 0) arrive(npcId, step);
    else if (what === 1)
      world.tell(NpcActed, {
        ...about,
        atGs: step,
        activityId: `activity:${draw(5)}`,
        phase: ActPhase.STARTED,
      });
    else move([MoveState.DEPARTED, MoveState.ARRIVED][draw(2)]!, step, about);
  }
  for (const regionId of places) {
    const copy = folded(regionId);
    const own = [...world.state.entities].filter(([, entity]) => entity.regionId === regionId);
    expect(copy.seq).toBe(world.state.regions.get(regionId)?.seq ?? 0);
    expect([...copy.entities.keys()].sort()).toEqual(own.map(([id]) => id));
    for (const [id, entity] of own) expect(copy.entities.get(id)).toEqual(entity.props);
  }
});
