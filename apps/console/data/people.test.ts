import { create } from "@bufbuild/protobuf";
import { DeltaOp, EntityKind, WorldStateUpdatedSchema } from "@orrery/schema/world/v1";
import { expect, it } from "vitest";
import { createPeople, isAwake } from "./people.ts";

const text = (value: string) => ({ value: { case: "text" as const, value } });
const update = (regionId: string, delta: object) =>
  create(WorldStateUpdatedSchema, {
    regionId,
    deltas: [{ entityId: "npc:mira", kind: EntityKind.NPC, ...delta }],
  } as never);
const MIRA = { "npc.name": text("Mira Reed"), "npc.role": text("role:night-guard") };

it("has somebody as the deltas say, and keeps what they do not say", () => {
  const people = createPeople();
  people.take(
    update("region:a", { op: DeltaOp.CREATED, placeId: "place:home", set: MIRA, motion: { toXM: 5 } }),
  );
  people.take(
    update("region:a", {
      op: DeltaOp.CHANGED,
      placeId: "place:home",
      set: { "npc.activity": text("activity:sleep") },
    }),
  );
  const mira = people.all.get("npc:mira")!;
  expect(mira).toMatchObject({
    name: "Mira Reed",
    role: "night guard",
    activity: "sleep",
    motion: { toXM: 5 },
  });
  expect(isAwake(mira)).toBe(false);
  people.take(update("region:a", { op: DeltaOp.MOVED, unset: ["npc.activity"], motion: { toXM: 9 } }));
  expect(people.all.get("npc:mira")).toMatchObject({ activity: "", placeId: "", motion: { toXM: 9 } });
  expect([people.at("place:home"), people.at("")]).toEqual([0, 1]);
});

it("has somebody once when they pass a border, in whichever order the regions say so", () => {
  const people = createPeople();
  people.take(update("region:a", { op: DeltaOp.CREATED, set: MIRA }));
  people.take(update("region:b", { op: DeltaOp.CREATED, set: MIRA }));
  people.take(update("region:a", { op: DeltaOp.REMOVED }));
  expect(people.all.get("npc:mira")?.regionId).toBe("region:b");
  people.take(update("region:b", { op: DeltaOp.REMOVED }));
  expect(people.all.size).toBe(0);
});
