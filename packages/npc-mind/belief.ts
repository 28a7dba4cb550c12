import { create } from "@bufbuild/protobuf";
import { type Belief, BeliefSchema, type Memory } from "@orrery/schema/npc/v1";
import type { Fact } from "@orrery/schema/world/v1";
import { isLost, isOneOrigin } from "./memory.ts";

/** So many memories of one kind become a belief. */
const ENOUGH = 3;
export const MOST_BELIEFS = 48;
/** What a belief rests on; a reason more changes nothing then. */
const MOST_SUPPORTS = 16;
/** What is always kept as it was. */
const NEVER_FOLDED = 0.9;

const isAbout = ({ subject, predicate }: Pick<Belief, "subject" | "predicate">, fact: Fact | undefined) =>
  fact?.subject === subject && fact.predicate === predicate;

/** Sureness 1 - Π(1 - c), value the mean of the reasons by how sure each is. */
export function weigh(belief: Belief): void {
  const { supports } = belief;
  const sum = supports.reduce((total, { confidence }) => total + confidence, 0);
  belief.confidence = 1 - supports.reduce((left, { confidence }) => left * (1 - confidence), 1);
  belief.value =
    sum === 0
      ? 0
      : supports.reduce((total, { valence, confidence }) => total + valence * confidence, 0) / sum;
}

/**
 * What sleep does: three memories of one subject and predicate become a belief, and later ones join it. What matters most
 * stays a memory beside it. Of too many beliefs the least sure goes.
 */
export function fold(memories: Memory[], beliefs: Belief[], nowGs: number): void {
  const lasting = memories.filter((memory) => !isLost(memory, nowGs) && memory.fact?.subject);
  const groups = Map.groupBy(lasting, ({ fact }) => `${fact?.predicate} ${fact?.subject}`);
  for (const reasons of groups.values()) {
    const fact = reasons[0]?.fact as Fact;
    let belief = beliefs.find((one) => isAbout(one, fact));
    if (belief === undefined && reasons.length < ENOUGH) continue;
    if (belief === undefined) {
      belief = create(BeliefSchema, { subject: fact.subject, predicate: fact.predicate });
      beliefs.push(belief);
    }
    for (const reason of reasons) {
      const isKnown = belief.supports.some((known) => isOneOrigin(known, reason));
      if (!isKnown && belief.supports.length < MOST_SUPPORTS) belief.supports.push(reason);
      else if (!isKnown) continue;
      if (reason.importance < NEVER_FOLDED) memories.splice(memories.indexOf(reason), 1);
    }
    weigh(belief);
  }
  while (beliefs.length > MOST_BELIEFS) {
    const least = beliefs.reduce((one, other) => (other.confidence < one.confidence ? other : one));
    beliefs.splice(beliefs.indexOf(least), 1);
  }
}

/** All that somebody knows, each once: what they remember, and what their beliefs rest on; only what is never folded is both. */
export const knownTo = ({
  memories,
  beliefs,
}: {
  readonly memories: readonly Memory[];
  readonly beliefs: readonly Belief[];
}): readonly Memory[] => [
  ...memories,
  ...beliefs.flatMap(({ supports }) =>
    supports.filter(
      (reason) => reason.importance < NEVER_FOLDED || !memories.some((memory) => isOneOrigin(memory, reason)),
    ),
  ),
];

/** How much all deeds that somebody knows of weigh against having heard of none. */
const UNKNOWN = 0.5;

/** What somebody is held to be like by what is known of their deeds, -1..1; 0: nothing is known. */
export function reputeOf(
  known: readonly Pick<Memory, "fact" | "importance" | "confidence" | "valence">[],
  subject: string,
): number {
  let [sum, weights] = [0, UNKNOWN];
  for (const { fact, importance, confidence, valence } of known) {
    if (fact?.subject !== subject) continue;
    sum += importance * confidence * valence;
    weights += importance * confidence;
  }
  return sum / weights;
}
