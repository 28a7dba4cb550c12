import {
  ActionOutcome,
  FactionAction,
  FactionActed,
  Predicate,
  RegionControlChanged,
  SpeechAct,
} from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { factInWords } from "./lines.ts";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const NOON = 12 * 3_600;
let lived: ReturnType<typeof peopleWorld>;
beforeEach(async () => {
  const pack = await hollowmere();
  if (pack.society) pack.society.persons = pack.society.persons.slice(0, 60);
  lived = peopleWorld(pack, NOON);
});
const known = () =>
  [...lived.world.state.minds].flatMap(([, { regionId, memories }]) =>
    memories.map(({ fact, originSequence }) => ({ regionId, fact, originSequence })),
  );
const acted = (over: object) =>
  lived.world.tell(FactionActed, {
    atGs: NOON,
    factionId: "faction:deepdelve",
    action: FactionAction.RAID,
    targetId: "faction:weighhouse",
    regionId: "region:market-vale",
    outcome: ActionOutcome.DONE,
    ...over,
  });

describe("what factions do", () => {
  it("is known to some who were there, leads back to the deed, and has words", () => {
    const { sequence } = acted({});
    const memories = known();
    expect(memories).toHaveLength(5);
    for (const { regionId, fact, originSequence } of memories) {
      expect(regionId).toBe("region:market-vale");
      expect(fact).toMatchObject({ predicate: Predicate.RAIDED, object: "faction:weighhouse" });
      expect(originSequence).toBe(sequence);
    }
    const around = { state: lived.world.state, standing: lived.world.derived };
    const words = factInWords(around as never, memories[0]?.fact as never, SpeechAct.GOSSIP);
    expect(words).toBe("The Delve fell upon the Weighhouse in Market Vale, and not with words.");
  });

  it("is nothing to talk of when it failed, or is a letter between halls", () => {
    acted({ outcome: ActionOutcome.FAILED });
    acted({ action: FactionAction.PACT, regionId: "" });
    acted({ action: FactionAction.RECRUIT });
    expect(known()).toEqual([]);
  });

  it("makes a region another's, which its people hear; that it stays whose it was they do not", () => {
    const control = { atGs: NOON, regionId: "region:market-vale" };
    lived.world.tell(RegionControlChanged, {
      ...control,
      holderId: "faction:weighhouse",
      prevHolderId: "faction:weighhouse",
    });
    expect(known()).toEqual([]);
    lived.world.tell(RegionControlChanged, {
      ...control,
      holderId: "faction:boatmen",
      prevHolderId: "faction:weighhouse",
    });
    lived.world.tell(RegionControlChanged, {
      ...control,
      atGs: NOON + 60,
      holderId: "",
      prevHolderId: "faction:boatmen",
    });
    const facts = known().map(({ fact }) => [fact?.predicate, fact?.object]);
    expect(facts).toContainEqual([Predicate.HELD_BY, "faction:boatmen"]);
    expect(facts).toContainEqual([Predicate.LOST_BY, "faction:boatmen"]);
  });
});
