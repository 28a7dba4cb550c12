import { create } from "@bufbuild/protobuf";
import { distance } from "@orrery/atlas";
import { type Fact, FactSchema, Predicate, SpeechAct, type ThingActed, Verb } from "@orrery/schema/world/v1";
import { isGuest, STRANGER } from "./guests.ts";
import { lineFor } from "../talk/lines.ts";
import { type News, witness } from "../talk/news.ts";
import type { PeopleContext, PeopleWorld } from "../state.ts";
import { feel, type Felt, speak } from "../talk/talk.ts";
import { atOf, type Turn } from "../turn/turn.ts";
import { comeAndSee, rouse } from "../danger/refuge.ts";

/*
 * Somebody did something with a thing. Those who are there see it; a bell is heard as far as it is heard: who is awake knows it,
 * the nearest of them come to see, and who is asleep wakes up. One of those who are there says what they think.
 */

interface Deed {
  readonly predicate: Predicate;
  readonly valence: number;
  readonly importance: number;
  /** What those who are there think of whoever did it. */
  readonly felt: Felt;
}

/** Doors, pumps and candles are nobody's news. */
const DEEDS: ReadonlyMap<Verb, Deed> = new Map([
  [Verb.RING, { predicate: Predicate.RANG, valence: -0.2, importance: 0.55, felt: { familiarity: 0.02 } }],
  [
    Verb.BAR,
    {
      ...{ predicate: Predicate.BARRED, valence: -0.5, importance: 0.7 },
      felt: { familiarity: 0.02, affinity: -0.15, trust: -0.1 },
    },
  ],
  [
    Verb.UNBAR,
    {
      predicate: Predicate.UNBARRED,
      valence: 0.3,
      importance: 0.5,
      felt: { familiarity: 0.02, affinity: 0.08 },
    },
  ],
]);
/** So many notice it for themselves: the others hear it from them. */
const NOTICE = 24;
const COME = 3;

export function hearThing(
  state: PeopleWorld,
  { atGs, thingId, actorId, verb, placeId, heardM }: ThingActed,
  ctx: PeopleContext,
): void {
  const deed = DEEDS.get(verb);
  if (deed === undefined || actorId === "") return;
  const { derived: standing } = ctx;
  const nowGs = Math.max(atGs, state.root.drainedGs);
  const fact = create(FactSchema, {
    subject: actorId,
    predicate: deed.predicate,
    object: thingId,
    place: placeId,
  });
  const news: News = { ...deed, fact, nowGs };
  let toCome = heardM > 0 ? COME : 0;
  let answered = false;
  for (const id of noticing(state, { placeId, heardM }, ctx)) {
    if (id === actorId) continue;
    const mind = state.minds.edit(id);
    const turn: Turn = { mind, nowGs, state, standing, ctx };
    const isThere = mind.placeId === placeId;
    if (atOf(turn, mind)?.asleep === true) {
      if (heardM === 0) continue;
      rouse(turn);
      standing.due.push(mind.dueGs, id);
    }
    witness(mind, news, ctx.cause);
    if (isThere && isGuest(actorId)) {
      feel(turn, mind, { npcId: actorId, householdId: "" }, deed.felt);
      if (!answered) answered = answer(turn, fact, thingId);
    } else if (!isThere && toCome > 0 && comeAndSee(turn, placeId)) {
      toCome -= 1;
      standing.due.push(mind.dueGs, id);
    }
  }
}

/** Who notices it: those who are there, and of a sound those who hear it, the nearest first; who is on the way is where their stretch began. */
function noticing(
  { minds }: PeopleWorld,
  { placeId, heardM }: Pick<ThingActed, "placeId" | "heardM">,
  { derived }: PeopleContext,
): readonly string[] {
  const there = derived.present.at(placeId);
  const spot = derived.country.atlas.place(placeId)?.spot;
  if (heardM <= 0 || spot === undefined) return there.slice(0, NOTICE);
  const near: (readonly [metres: number, id: string])[] = [];
  for (const [id, mind] of minds) {
    const metres = distance([mind.xM, mind.yM], spot);
    if (metres <= heardM) near.push([metres, id]);
  }
  near.sort(([one, a], [other, b]) => one - other || (a < b ? -1 : 1));
  return near.slice(0, NOTICE).map(([, id]) => id);
}

function answer(turn: Turn, fact: Fact, thingId: string): boolean {
  const { mind, nowGs, ctx } = turn;
  const to = { npcId: fact.subject, name: STRANGER, householdId: "" };
  const random = ctx.streams.stream("deed", mind.npcId, thingId, nowGs);
  const act = SpeechAct.ANSWER;
  const line = lineFor(turn, { act, to, fact, random });
  if (line === undefined) return false;
  speak(turn, mind, to, { ...line, act, exchangeId: `${thingId}/${nowGs}`, atGs: nowGs });
  return true;
}
