import { clone } from "@bufbuild/protobuf";
import { type Memory, MemorySchema, MemorySource } from "@orrery/schema/npc/v1";
import type { Fact, Traits } from "@orrery/schema/world/v1";
import { isLost, isOneOrigin } from "./memory.ts";

/** Facts in one talk. */
export const MOST_FACTS = 2;
const MOST_HOPS = 6;
/** Each mouth takes so much of how sure one may be. */
const KEPT_A_HOP = 0.8;

/** How much somebody is inclined to tell something, 0..1. */
export const worthOf = (
  { importance, valence }: Pick<Memory, "importance" | "valence">,
  { extraversion }: Pick<Traits, "extraversion">,
): number => importance * Math.sqrt(Math.abs(valence)) * (0.5 + 0.5 * extraversion);

/** What somebody tells somebody else: at most two things that are news to them. @param draw 0..1, once for each that is thought of */
export function toTell(
  memories: readonly Memory[],
  listener: readonly Memory[],
  traits: Pick<Traits, "extraversion">,
  nowGs: number,
  draw: () => number,
): readonly Memory[] {
  const told: Memory[] = [];
  const news = memories
    .filter((memory) => memory.hops < MOST_HOPS && !isLost(memory, nowGs))
    .filter((memory) => !listener.some((known) => isOneOrigin(known, memory)))
    .map((memory) => ({ memory, worth: worthOf(memory, traits) }))
    .sort((one, other) => other.worth - one.worth || one.memory.originSequence - other.memory.originSequence);
  for (const { memory, worth } of news.slice(0, MOST_FACTS))
    if (draw() < 0.2 + 0.6 * worth) told.push(memory);
  return told;
}

/** One telling in ten changes what is told, where it can. */
export const MISTOLD = 0.1;

/**
 * The same as it is known to whom it was told.
 * @param trust that is put into the teller, -1..1
 * @param mistold what it became on the way; undefined: it is told as it is known
 */
export function retold(
  memory: Memory,
  tellerId: string,
  trust: number,
  nowGs: number,
  mistold?: Fact,
): Memory {
  const heard = clone(MemorySchema, memory);
  if (mistold !== undefined) heard.fact = mistold;
  heard.source = MemorySource.TOLD;
  heard.tellerId = tellerId;
  heard.hops = memory.hops + 1;
  heard.atGs = nowGs;
  heard.confidence = memory.confidence * KEPT_A_HOP * (0.5 + 0.5 * Math.max(0, trust));
  return heard;
}
