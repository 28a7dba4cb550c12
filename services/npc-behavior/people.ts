import { create } from "@bufbuild/protobuf";
import { dayNumberOf, feastsOn } from "@orrery/npc-mind";
import { SubjectErased } from "@orrery/schema/bus/v1";
import {
  InteractRequest,
  InteractResponse,
  KillRequest,
  KillResponse,
  OutdoorsSchema,
  PeopleState,
  type Surroundings,
} from "@orrery/schema/npc/v1";
import { Face, type Instant, TimeUpdated } from "@orrery/schema/time/v1";
import { WeatherChanged, WeatherSevere } from "@orrery/schema/weather/v1";
import {
  FactionActed,
  PackRevised,
  PlayerMoved,
  RegionControlChanged,
  RouteChanged,
  SeasonKind,
  ShortageDeclared,
  WorldEventStarted,
} from "@orrery/schema/world/v1";
import { type DeepReadonly, defineAggregate } from "@orrery/simulation/define";
import { FIRST_LOOK_GS, mindOf, tellArrival } from "./born.ts";
import { kill } from "./death.ts";
import { forgetPlayer, hearOfPlayer } from "./guests.ts";
import { interact } from "./interact.ts";
import { hearShortage } from "./larder.ts";
import { controlNews, deedNews } from "./faction-news.ts";
import { eventNews, routeNews, shortageNews, spread, weatherNews, witness } from "./news.ts";
import { standingOf } from "./standing.ts";
import { emits, PACK, type PeopleContext, type PeopleWorld, tables } from "./state.ts";
import { countryOf, surroundingsOf } from "./surroundings.ts";
import { isOver, isToRunFrom } from "./severe.ts";
import { arriveAtOnce } from "./travel.ts";
import { runForShelter, wake } from "./wake.ts";

/** The people of a world: each decides when it is due, and nobody is looked at in between. */
export const people = defineAggregate(
  {
    state: { root: PeopleState, tables },
    derive: standingOf,
    emits,
    reads: ["calendar", "land", "society", "economy", "factions", "events"],
  },
  ({ on, command }) => ({
    create(state, { atGs, pack }, ctx) {
      const surroundings = state.surroundings.add(PACK, surroundingsOf(pack));
      const { atlas } = countryOf(surroundings);
      state.root.drainedGs = atGs;
      for (const person of pack?.society?.persons ?? []) {
        const mind = mindOf(person, atlas, atGs, ctx.streams.stream("born", person.id));
        if (mind === undefined || state.minds.has(person.id)) continue;
        state.minds.add(person.id, mind);
        tellArrival(mind, atGs, ctx);
      }
    },
    on: [
      on(TimeUpdated, (state, { now, atGs, nextFaceGs }, ctx) => {
        // A late or repeated minute is nothing new.
        if (atGs <= state.root.drainedGs) return;
        if (atGs - state.root.drainedGs > LONGEST_STEP_GS) leap(state, atGs, ctx);
        const midnight = dayNumberOf(atGs) * DAY_GS;
        // Who is due before the day that has begun has their turn on the day that they are due.
        if (dayNumberOf(state.root.drainedGs) < dayNumberOf(atGs)) drain(state, midnight - 1, ctx);
        if (now !== undefined) date(state.root, now, state.surroundings.get(PACK));
        drain(state, atGs, ctx);
        light(state.root, now?.face, nextFaceGs > atGs ? nextFaceGs : Number.MAX_SAFE_INTEGER);
        state.root.drainedGs = atGs;
      }),
      on(WeatherChanged, ({ outdoors }, { regionId, feelsLikeC, effects }) => {
        const sky = create(OutdoorsSchema, {
          feltC: feelsLikeC,
          outdoor: effects?.outdoor ?? 1,
          move: effects?.move ?? 1,
        });
        if (outdoors.has(regionId)) Object.assign(outdoors.edit(regionId), sky);
        else outdoors.add(regionId, sky);
      }),
      on(WeatherSevere, (state, severe, ctx) => {
        if (isOver(state.root, severe) || !isToRunFrom(state.root, severe)) return;
        const { derived: standing } = ctx;
        const nowGs = Math.max(severe.atGs, state.root.drainedGs);
        for (const [id, { regionId, placeId }] of state.minds) {
          if (regionId !== severe.regionId || standing.country.atlas.place(placeId)?.openAir === false)
            continue;
          const mind = state.minds.edit(id);
          runForShelter({ mind, nowGs, state, standing, ctx });
          witness(mind, weatherNews(severe), ctx.cause);
          standing.due.push(mind.dueGs, id);
        }
      }),
      on(ShortageDeclared, (state, event, ctx) => {
        hearShortage(state, event, ctx);
        spread(state, event.regionId, shortageNews(event), ctx);
      }),
      on(RouteChanged, (state, event, ctx) => {
        for (const regionId of [event.fromId, event.toId])
          spread(state, regionId, routeNews(event, regionId), ctx);
      }),
      on(FactionActed, (state, event, ctx) => {
        const news = deedNews(event);
        if (news !== undefined) spread(state, event.regionId, news, ctx);
      }),
      on(RegionControlChanged, (state, event, ctx) => {
        const news = controlNews(event);
        if (news !== undefined) spread(state, event.regionId, news, ctx);
      }),
      on(WorldEventStarted, (state, event, ctx) => {
        for (const regionId of event.regionIds) spread(state, regionId, eventNews(event, regionId), ctx);
      }),
      on(PlayerMoved, (state, event) => {
        hearOfPlayer(state, event);
      }),
      on(SubjectErased, (state, { subject }) => {
        forgetPlayer(state, subject);
      }),
      on(PackRevised, (state, { pack, revision }, { derived: standing }) => {
        if (pack === undefined || revision <= state.root.packRevision) return;
        state.root.packRevision = revision;
        Object.assign(state.surroundings.edit(PACK), surroundingsOf(pack));
        standing.country = countryOf(state.surroundings.get(PACK) as Surroundings);
      }),
    ],
    commands: [
      command(InteractRequest, InteractResponse, interact),
      command(KillRequest, KillResponse, kill),
    ],
  }),
);

const DAY_GS = 86_400;
/** A skip goes on by an hour; a longer step is time that nobody here heard of. */
const LONGEST_STEP_GS = 2 * 3_600;

/** Nobody lives through days in one input: everybody is where they were bound for, and looks around anew. */
function leap(state: PeopleWorld, nowGs: number, ctx: PeopleContext): void {
  const { derived: standing } = ctx;
  for (const id of state.minds.ids()) {
    const mind = state.minds.edit(id);
    const turn = { mind, nowGs, state, standing, ctx };
    arriveAtOnce(turn);
    mind.needsGs = nowGs;
    mind.dueGs = nowGs + 1 + ctx.streams.stream("leap", id, nowGs).int(FIRST_LOOK_GS);
    standing.due.push(mind.dueGs, id);
  }
}

/** Lets everybody who is due until then have their turn, in the order in which they are. */
function drain(state: PeopleWorld, untilGs: number, ctx: PeopleContext): void {
  const { derived: standing } = ctx;
  for (let next = standing.due.take(untilGs); next !== undefined; next = standing.due.take(untilGs)) {
    const [nowGs, id] = next;
    const mind = state.minds.edit(id);
    if (wake({ mind, nowGs, state, standing, ctx })) standing.due.push(mind.dueGs, id);
  }
}

/** Whether it is light from now on: turns of the next step look at it, however long that is. */
function light(root: PeopleState, face: Face | undefined, untilGs: number): void {
  root.daylight = face === Face.DAY;
  root.faceUntilGs = untilGs;
}

/** What the day is like, once a day. */
function date(root: PeopleState, now: Instant, surroundings: DeepReadonly<Surroundings> | undefined): void {
  // The first that is heard of the sky.
  if (root.season === SeasonKind.UNSPECIFIED) light(root, now.face, now.atGs + 1);
  const dayNumber = dayNumberOf(now.atGs);
  if (root.dayNumber === dayNumber && root.season !== SeasonKind.UNSPECIFIED) return;
  root.dayNumber = dayNumber;
  // Both count seasons alike.
  root.season = now.season as number as SeasonKind;
  root.feastTags = feastsOn((surroundings?.holidays ?? []) as Surroundings["holidays"], now);
}
