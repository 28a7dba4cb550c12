import { isLost, memoryScore, toTell } from "@orrery/npc-mind";
import {
  InteractKind,
  type InteractRequest,
  type InteractResponseInit,
  type LineShownInit,
  type Memory,
  type Mind,
  NpcApproached,
} from "@orrery/schema/npc/v1";
import { type Fact, Predicate, SpeechAct } from "@orrery/schema/world/v1";
import { type EventId, OrreryError } from "@orrery/wire";
import { npcErrors } from "../errors.ts";
import { startle } from "../danger/fright.ts";
import { guestBeside, guestIdOf, STRANGER } from "./guests.ts";
import { lineFor } from "../talk/lines.ts";
import { type News, witness } from "../talk/news.ts";
import type { PeopleContext, PeopleWorld } from "../state.ts";
import { feel, type Felt, LINE_GS, speak } from "../talk/talk.ts";
import { atOf, type Turn, USUAL_TRAITS } from "../turn/turn.ts";

/** What a deed does to those it is done to, and how it is told. */
interface Deed {
  readonly predicate: Predicate;
  readonly valence: number;
  readonly importance: number;
}

export const FELT: ReadonlyMap<InteractKind, Felt> = new Map([
  [InteractKind.TALK, { familiarity: 0.03, affinity: 0.04, trust: 0.02 }],
  [InteractKind.ASK, { familiarity: 0.02, affinity: 0.01, trust: 0.01 }],
  [InteractKind.HELP, { familiarity: 0.05, affinity: 0.25, trust: 0.15, respect: 0.1 }],
  [InteractKind.THREATEN, { familiarity: 0.03, affinity: -0.35, trust: -0.3, fear: 0.3 }],
]);
export const DEEDS: ReadonlyMap<InteractKind, Deed> = new Map([
  [InteractKind.HELP, { predicate: Predicate.AIDED, valence: 0.7, importance: 0.6 }],
  [InteractKind.THREATEN, { predicate: Predicate.THREATENED, valence: -0.8, importance: 0.85 }],
]);
/** What a threat is to whom it is meant for; they keep so far away from it. */
const THREAT = { felt: 0.6, radiusM: 60, strength: 0.6 };
/** Words within so long are one talk: nobody grows fond of whoever greets them every five seconds. */
const ONE_TALK_GS = 600;
/** So many of those who are there see it. */
const WITNESSES = 16;

/**
 * A player turns to somebody: they answer in the words of the pack, and what was done is remembered by all who saw it.
 * @throws NPC_UNKNOWN, NPC_DEAD, NPC_OUT_OF_REACH, NPC_ASLEEP, NPC_INTERACT_KIND
 */
export function interact(
  state: PeopleWorld,
  { playerId, npcId, kind, topic }: InteractRequest,
  ctx: PeopleContext,
): InteractResponseInit {
  const { derived: standing } = ctx;
  if (state.late.has(npcId)) throw new OrreryError(npcErrors.NPC_DEAD, { given: npcId });
  const known = state.minds.get(npcId);
  if (known === undefined) throw new OrreryError(npcErrors.NPC_UNKNOWN, { given: npcId });
  const felt = FELT.get(kind);
  if (felt === undefined) throw new OrreryError(npcErrors.NPC_INTERACT_KIND, { given: `kind ${kind}` });
  if (guestBeside(state, playerId, known) === undefined)
    throw new OrreryError(npcErrors.NPC_OUT_OF_REACH, { given: npcId });
  if (atOf({ state, standing }, known as Mind)?.asleep === true)
    throw new OrreryError(npcErrors.NPC_ASLEEP, { given: npcId });

  const nowGs = state.root.drainedGs;
  const guestId = guestIdOf(playerId);
  const mind = state.minds.edit(npcId);
  const turn = { mind, nowGs, state, standing, ctx };
  const random = ctx.streams.stream("interact", npcId, guestId, nowGs);
  const exchangeId = `${guestId}/${npcId}/${nowGs}`;
  const { regionId, placeId } = mind;
  const origin = ctx.emit(NpcApproached, {
    atGs: nowGs,
    npcId,
    playerId: guestId,
    regionId,
    placeId,
    kind,
    exchangeId,
  });

  const deed = DEEDS.get(kind);
  const fact = deed && { subject: guestId, predicate: deed.predicate, object: npcId, place: placeId };
  if (deed !== undefined && fact !== undefined) seen(turn, { ...deed, fact, nowGs }, origin);

  const before = mind.relations.find(({ toId }) => toId === guestId);
  const isSame = before !== undefined && nowGs - before.atGs < ONE_TALK_GS && deed === undefined;
  feel(turn, mind, { npcId: guestId, householdId: "" }, isSame ? {} : felt, { cause: origin, atGs: nowGs });

  const lines: LineShownInit[] = [];
  const say = (act: SpeechAct, about: Fact | undefined, memory?: Memory) => {
    const to = { npcId: guestId, name: STRANGER, householdId: "" };
    const line = lineFor(turn, { act, to, random, ...(about && { fact: about }) });
    if (line === undefined) return;
    const atGs = nowGs + LINE_GS * lines.length;
    speak(turn, mind, to, { ...line, act, exchangeId, atGs }, memory);
    lines.push({ act, text: line.text });
  };
  const told = kind === InteractKind.ASK ? asked(mind, topic, nowGs) : undefined;
  if (told === undefined) say(SpeechAct.ANSWER, fact as Fact | undefined);
  else say(SpeechAct.GOSSIP, told.fact, told);
  if (kind === InteractKind.TALK) {
    const traits = mind.traits ?? USUAL_TRAITS;
    const [news] = toTell(mind.memories, [], traits, nowGs, () => random.uniform());
    if (news !== undefined) say(SpeechAct.GOSSIP, news.fact, news);
  }
  const attitude = mind.relations.find(({ toId }) => toId === guestId)?.band;
  if (kind === InteractKind.THREATEN) {
    startle(
      mind,
      THREAT.felt,
      { ...THREAT, spot: [mind.xM, mind.yM], victimId: npcId },
      { state, ctx, nowGs },
    );
  }
  return { lines, exchangeId, ...(attitude !== undefined && { attitude }) };
}

/** All who are there and awake have seen it. */
export function seen({ mind, state, standing }: Turn, news: News, origin: EventId): void {
  for (const id of standing.present.at(mind.placeId).slice(0, WITNESSES)) {
    const seer = state.minds.edit(id);
    if (atOf({ state, standing }, seer)?.asleep !== true) witness(seer, news, origin);
  }
}

/** What somebody knows of a thing that weighs most. */
function asked({ memories }: Mind, topic: string, nowGs: number): Memory | undefined {
  return memories
    .filter((memory) => !isLost(memory, nowGs))
    .filter(({ fact }) => topic !== "" && [fact?.subject, fact?.object, fact?.place].includes(topic))
    .sort((one, other) => memoryScore(other, nowGs) - memoryScore(one, nowGs))[0];
}
