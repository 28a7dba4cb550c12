import { memoryScore, relationScore } from "@orrery/npc-mind";
import type { MemoryShownInit, Mind, RelationShownInit } from "@orrery/schema/npc/v1";
import { SpeechAct } from "@orrery/schema/world/v1";
import { factInWords } from "./lines.ts";
import type { Turn } from "../turn/turn.ts";

type Around = Pick<Turn, "state" | "standing">;

/** What somebody knows, what weighs most first. */
export function memoriesOf(around: Around, { memories }: Mind, nowGs: number): MemoryShownInit[] {
  return memories
    .map((memory) => ({
      memory,
      text: factInWords(around, memory.fact, SpeechAct.GOSSIP),
      teller: around.state.minds.get(memory.tellerId)?.name ?? "",
      score: memoryScore(memory, nowGs),
    }))
    .sort((one, other) => other.score - one.score);
}

/** What somebody thinks of others, the closest first. */
export function relationsOf(around: Around, { relations }: Mind): RelationShownInit[] {
  return relations
    .map((relation) => ({
      toId: relation.toId,
      name: around.state.minds.get(relation.toId)?.name ?? relation.toId,
      band: relation.band,
      score: relationScore(relation),
      familiarity: relation.familiarity,
    }))
    .sort((one, other) => other.score - one.score || other.familiarity - one.familiarity);
}
