import {
  KIN_AFFINITY,
  knownTo,
  moveRelation,
  relationNews,
  relationTo,
  remember,
  reputeOf,
  retold,
  settleRelation,
  MOST_FACTS,
  toTell,
} from "@orrery/npc-mind";
import { type Memory, type Mind, NpcSpoke, type Relation, RelationshipChanged } from "@orrery/schema/npc/v1";
import { SpeechAct } from "@orrery/schema/world/v1";
import type { Random } from "@orrery/simulation/define";
import type { EventId } from "@orrery/wire";
import { type Line, lineFor } from "./lines.ts";
import { mistold } from "./mistold.ts";
import { atOf, type Turn, USUAL_TRAITS } from "../turn/turn.ts";

/** What a good name is worth to whom one does not know; a bad one as much the other way. */
const NAME_AFFINITY = 0.3;
/** Who has just talked has said it. */
const REST_GS = 45 * 60;
/** Among more nobody looks at everybody. */
const CROWD = 64;
/** How likely somebody who begins something among others talks first: the shyest, and how much more the others. */
const [SHY, OPEN] = [0.12, 0.24];
export const LINE_GS = 3;
/** What a talk that goes well does, and one that does not; how much somebody who brings news is trusted for it. */
const WELL = { familiarity: 0.03, affinity: 0.06, trust: 0.04 };
const ILL = { familiarity: 0.03, affinity: -0.07, trust: -0.02 };
const NEWS_TRUSTED = 0.02;
/** How likely it goes well: by how agreeable and how aggressive both are, 0..1 each. */
const [USUAL, AGREEABLE, AGGRESSIVE] = [0.45, 0.5, 0.4];

/** Whoever begins something among others may have a word with one of them first: what they know goes on from there. */
export function chat(turn: Turn): void {
  const { mind, nowGs, ctx } = turn;
  if (nowGs - mind.talkedGs < REST_GS) return;
  const random = ctx.streams.stream("talk", mind.npcId, nowGs);
  const { extraversion } = mind.traits ?? USUAL_TRAITS;
  if (random.uniform() >= SHY + OPEN * extraversion) return;
  const other = partnerOf(turn, random);
  if (other !== undefined) talk(turn, turn.state.minds.edit(other), random);
}

/** One of those who are there, awake, and have not just talked: of a crowd, one that somebody's eye falls on. */
function partnerOf(turn: Turn, random: Random): string | undefined {
  const there = turn.standing.present.at(turn.mind.placeId);
  if (there.length > CROWD) {
    for (let look = 0; look < CROWD; look++) {
      const id = random.pick(there);
      if (isFree(turn, id)) return id;
    }
    return undefined;
  }
  const free = there.filter((id) => isFree(turn, id));
  return free.length === 0 ? undefined : random.pick(free);
}

function isFree({ mind, nowGs, state, standing }: Turn, id: string): boolean {
  const other = state.minds.get(id);
  if (id === mind.npcId || other === undefined || nowGs - other.talkedGs < REST_GS) return false;
  return atOf({ state, standing }, other as Mind)?.asleep !== true;
}

/** Goes to somebody with something that they should hear, and says it first. */
export function tellOf(turn: Turn, other: Mind, news: Memory): void {
  const { mind, nowGs, ctx } = turn;
  talk(turn, other, ctx.streams.stream("talk", mind.npcId, nowGs), news);
}

/** @param first what is to be told, whatever luck says */
function talk(turn: Turn, other: Mind, random: Random, first?: Memory): void {
  const { mind, nowGs } = turn;
  mind.talkedGs = nowGs;
  other.talkedGs = nowGs;
  const exchangeId = `${mind.npcId}/${nowGs}`;
  let lines = 0;
  // What they think of each other after the last line comes of the talk: of the news in it, if there was any.
  let [words, news]: (EventId | undefined)[] = [];
  const say = (from: Mind, to: Mind, act: SpeechAct, topic?: Memory) => {
    const line = lineFor(turn, { act, to, random, ...(topic?.fact && { fact: topic.fact }) });
    if (line === undefined) return;
    words = speak(turn, from, to, { ...line, act, exchangeId, atGs: nowGs + LINE_GS * lines++ }, topic);
    if (topic !== undefined) news ??= words;
  };
  say(mind, other, SpeechAct.GREET);
  const told = [...pass(turn, mind, other, random, first)];
  for (const memory of told) say(mind, other, SpeechAct.GOSSIP, memory);
  say(other, mind, SpeechAct.ANSWER, told.at(-1));
  for (const memory of pass(turn, other, mind, random).slice(0, MOST_FACTS - told.length))
    say(other, mind, SpeechAct.GOSSIP, memory);
  const outcome = random.uniform() < likesTo(mind, other) ? WELL : ILL;
  const cause = news ?? words;
  const after = cause && { cause, atGs: nowGs + LINE_GS * (lines - 1) };
  feel(turn, mind, other, outcome, after);
  feel(turn, other, mind, { ...outcome, trust: outcome.trust + NEWS_TRUSTED * told.length }, after);
}

/** What one tells the other is known to both from here on, as it was told. */
function pass(turn: Turn, teller: Mind, listener: Mind, random: Random, first?: Memory): readonly Memory[] {
  const { nowGs } = turn;
  const traits = teller.traits ?? USUAL_TRAITS;
  const chosen = toTell(teller.memories, knownTo(listener), traits, nowGs, () => random.uniform());
  const told =
    first === undefined ? chosen : [first, ...chosen.filter((one) => one !== first)].slice(0, MOST_FACTS);
  const trust = listener.relations.find(({ toId }) => toId === teller.npcId)?.trust ?? 0;
  return told.map((memory) => {
    const heard = retold(memory, teller.npcId, trust, nowGs, mistold(turn, memory.fact, random));
    remember(listener.memories, heard, nowGs, knownTo(listener));
    return heard;
  });
}

function likesTo({ traits: one = USUAL_TRAITS }: Mind, { traits: other = USUAL_TRAITS }: Mind): number {
  const agreeable = (one.agreeableness + other.agreeableness) / 2;
  const aggressive = (one.aggression + other.aggression) / 2;
  return USUAL + AGREEABLE * agreeable - AGGRESSIVE * aggressive;
}

export type Felt = Parameters<typeof moveRelation>[1];

/** What one of them thinks of the other after it. @param after what was said or done, and when; default what is being handled, now */
export function feel(
  { nowGs, ctx }: Turn,
  mind: Mind,
  other: Pick<Mind, "npcId" | "householdId">,
  by: Felt,
  after?: { readonly cause: EventId; readonly atGs: number },
): void {
  const kin = mind.householdId !== "" && mind.householdId === other.householdId;
  const baseline = kin ? KIN_AFFINITY : NAME_AFFINITY * reputeOf(knownTo(mind), other.npcId);
  const relation: Relation = relationTo(mind.relations, other.npcId, nowGs, baseline);
  settleRelation(relation, nowGs, baseline);
  moveRelation(relation, by);
  const change = relationNews(relation);
  const said = { atGs: after?.atGs ?? nowGs, npcId: mind.npcId, toId: other.npcId, ...change };
  if (change !== undefined) ctx.emit(RelationshipChanged, said, after && { cause: after.cause });
}

interface Spoken extends Line {
  readonly act: SpeechAct;
  readonly exchangeId: string;
  readonly atGs: number;
}

/** Says a line to somebody who is there. @returns the event */
export function speak(
  { ctx }: Turn,
  from: Mind,
  to: Pick<Mind, "npcId">,
  { lineKey, text, act, exchangeId, atGs }: Spoken,
  topic?: Memory,
): EventId {
  const { npcId, regionId, placeId } = from;
  const said = { npcId, regionId, placeId, toId: to.npcId, exchangeId, atGs, act, lineKey, text };
  // What is told goes back to what happened.
  const cause = topic && { publisher: topic.originPublisher, sequence: topic.originSequence };
  return ctx.emit(NpcSpoke, { ...said, ...(topic?.fact && { topic: topic.fact }) }, cause && { cause });
}
