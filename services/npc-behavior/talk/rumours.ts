import { isOneOrigin, knownTo } from "@orrery/npc-mind";
import type {
  Belief,
  BeliefShownInit,
  Memory,
  Mind,
  RumourInit,
  RumourStepInit,
} from "@orrery/schema/npc/v1";
import { type Fact, SpeechAct } from "@orrery/schema/world/v1";
import { factInWords, nameIn } from "./lines.ts";
import type { Turn } from "../turn/turn.ts";

type Around = Pick<Turn, "state" | "standing">;

const MOST_STEPS = 200;

const inWords = (around: Around, fact: Fact | undefined) => factInWords(around, fact, SpeechAct.GOSSIP);
const same = (one: Fact | undefined, other: Fact | undefined) =>
  one?.subject === other?.subject &&
  one?.predicate === other?.predicate &&
  one?.object === other?.object &&
  one?.place === other?.place;

interface Known {
  readonly npcId: string;
  readonly memory: Memory;
}

function stepOf(around: Around, { npcId, memory }: Known, first: Fact | undefined): RumourStepInit {
  const { tellerId, hops, atGs, confidence, fact } = memory;
  const teller = tellerId === "" ? "" : nameIn(around, tellerId);
  const text = inWords(around, fact);
  const name = nameIn(around, npcId);
  return { npcId, name, tellerId, teller, hops, atGs, confidence, text, changed: !same(fact, first) };
}

/** By how many mouths, then by when. */
const earlier = (one: Known, other: Known) =>
  one.memory.hops - other.memory.hops ||
  one.memory.atGs - other.memory.atGs ||
  (one.npcId < other.npcId ? -1 : 1);

/** What goes around about somebody or something; about "" whatever there is: what most people know first. */
export function rumoursOf(around: Around, aboutId: string, count: number): RumourInit[] {
  const origins = originsAbout(around, aboutId);
  const known: Known[] = [];
  for (const [npcId, mind] of around.state.minds)
    for (const memory of knownTo(mind as Mind))
      if (origins.get(memory.originPublisher)?.has(memory.originSequence) === true)
        known.push({ npcId, memory });
  const byOrigin = Map.groupBy(known, ({ memory }) => `${memory.originPublisher} ${memory.originSequence}`);
  return [...byOrigin.values()]
    .map((all) => all.sort(earlier))
    .sort((one, other) => other.length - one.length || earlier(one[0] as Known, other[0] as Known))
    .slice(0, count)
    .map((all) => rumourOf(around, all));
}

/** Events that somebody knows something of which is about this, by publisher: it may be told of something else by now. */
function originsAbout({ state }: Around, aboutId: string): ReadonlyMap<string, ReadonlySet<number>> {
  const origins = new Map<string, Set<number>>();
  for (const [, mind] of state.minds)
    for (const { fact, originPublisher, originSequence } of knownTo(mind as Mind)) {
      if (aboutId !== "" && !isAbout(fact, aboutId)) continue;
      const own = origins.get(originPublisher) ?? new Set();
      origins.set(originPublisher, own.add(originSequence));
    }
  return origins;
}

const isAbout = (fact: Fact | undefined, id: string) =>
  [fact?.subject, fact?.object, fact?.place].includes(id);

/** @param known in the order in which it went around */
function rumourOf(around: Around, known: readonly Known[]): RumourInit {
  const first = known[0]?.memory;
  const versions = Map.groupBy(known, ({ memory: { fact } }) => inWords(around, fact));
  return {
    originPublisher: first?.originPublisher ?? "",
    originSequence: first?.originSequence ?? 0,
    text: inWords(around, first?.fact),
    knownTo: known.length,
    versions: [...versions]
      .map(([text, all]) => ({ text, knownTo: all.length }))
      .sort((one, other) => other.knownTo - one.knownTo || (one.text < other.text ? -1 : 1)),
    steps: known.slice(0, MOST_STEPS).map((one) => stepOf(around, one, first?.fact)),
  };
}

/** What somebody believes, the surest first, with its reasons back to who saw them. @param subject "": all of it */
export function beliefsOf(around: Around, mind: Mind, subject: string): BeliefShownInit[] {
  return mind.beliefs
    .filter((belief) => subject === "" || belief.subject === subject)
    .sort((one, other) => other.confidence - one.confidence)
    .map((belief) => ({
      belief,
      text: inWords(around, belief.supports[0]?.fact),
      reasons: belief.supports.map((reason) => reasonOf(around, mind, reason)),
    }));
}

function reasonOf(around: Around, mind: Mind, reason: Belief["supports"][number]) {
  const chain = chainOf(around, { npcId: mind.npcId, memory: reason });
  const first = chain.at(-1)?.memory.fact;
  return {
    text: inWords(around, reason.fact),
    chain: chain.map((one) => stepOf(around, one, first)),
    originPublisher: reason.originPublisher,
    originSequence: reason.originSequence,
  };
}

/** From somebody back to who saw it, as far as those between remember. */
function chainOf({ state }: Around, from: Known): Known[] {
  const chain = [from];
  for (let tellerId = from.memory.tellerId; tellerId !== ""; ) {
    const teller = state.minds.get(tellerId) as Mind | undefined;
    const memory = teller && knownTo(teller).find((known) => isOneOrigin(known, from.memory));
    if (memory === undefined || chain.some(({ npcId }) => npcId === tellerId)) break;
    chain.push({ npcId: tellerId, memory });
    tellerId = memory.tellerId;
  }
  return chain;
}
