import { create } from "@bufbuild/protobuf";
import {
  FactionShownSchema,
  GetControlResponseSchema,
  RegionControlChangedSchema,
} from "@orrery/schema/world/v1";
import { describe, expect, it } from "vitest";
import { createPowers } from "./powers.ts";

const factions = ["faction:b", "faction:a", "faction:constructor"].map((factionId) =>
  create(FactionShownSchema, { factionId }),
);
const control = create(GetControlResponseSchema, {
  regions: [
    { regionId: "region:x", holderId: "faction:a" },
    { regionId: "region:y", holderId: "", contested: true },
  ],
});

describe("powers on the map", () => {
  it("have each a colour of its own, whatever they are called; who is unknown has the land's", () => {
    const powers = createPowers();
    powers.begin(factions, control);
    expect(powers.factionIds).toEqual(["faction:a", "faction:b", "faction:constructor"]);
    expect(new Set(powers.factionIds.map(powers.colourOf)).size).toBe(3);
    expect(powers.colourOf("toString")).toBe(powers.colourOf("faction:nobody"));
  });

  it("hold what they held when the page came, but for what was told since", () => {
    const powers = createPowers();
    powers.take(
      create(RegionControlChangedSchema, { regionId: "region:x", holderId: "faction:b", contested: true }),
    );
    powers.begin(factions, control);
    expect([...powers.holdings]).toEqual([
      ["region:x", { holderId: "faction:b", contested: true }],
      ["region:y", { holderId: "", contested: true }],
    ]);
  });
});
