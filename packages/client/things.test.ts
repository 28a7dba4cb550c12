import { create } from "@bufbuild/protobuf";
import { EntityShownSchema } from "@orrery/schema/world/v1";
import { expect, it } from "vitest";
import { thingOf } from "./things.ts";

const text = (value: string) => ({ value: { case: "text" as const, value } });
const flag = (value: boolean) => ({ value: { case: "flag" as const, value } });

it("a thing is read with its name, what is seen, the state that it is in, and what it knows", () => {
  const gate = create(EntityShownSchema, {
    entityId: "object:gate",
    props: {
      "world.name": text("the gate"),
      "world.seen": text("Oak."),
      "world.verbs": text("open close bar unbar"),
      "world.open": flag(false),
      "world.barred": flag(true),
    },
  });
  expect(thingOf(gate)).toEqual({
    ...{ id: "object:gate", name: "the gate", seen: "Oak." },
    ...{ state: ["closed", "barred"], verbs: ["open", "close", "bar", "unbar"] },
  });
});

it("one of which nothing is known yet has its id for a name, and knows nothing", () => {
  const bare = create(EntityShownSchema, { entityId: "object:constructor" });
  expect(thingOf(bare)).toEqual({
    id: "object:constructor",
    name: "object:constructor",
    seen: "",
    state: [],
    verbs: [],
  });
});
