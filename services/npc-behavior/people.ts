import { create } from "@bufbuild/protobuf";
import { SubjectErased } from "@orrery/schema/bus/v1";
import {
  ApplyStimulusRequest,
  ApplyStimulusResponse,
  ArrivalHow,
  InteractRequest,
  InteractResponse,
  KillRequest,
  KillResponse,
  OutdoorsSchema,
  PeopleState,
  type Surroundings,
} from "@orrery/schema/npc/v1";
import { TimeUpdated } from "@orrery/schema/time/v1";
import { WeatherChanged, WeatherSevere } from "@orrery/schema/weather/v1";
import {
  FactionActed,
  FactionAction,
  GoodsOffered,
  PackRevised,
  PlayerMoved,
  RegionControlChanged,
  RouteChanged,
  ShortageDeclared,
  ThingActed,
  WorldEventStarted,
} from "@orrery/schema/world/v1";
import { defineAggregate } from "@orrery/simulation/define";
import { mindOf, tellArrival } from "./population/born.ts";
import { passTime } from "./clock.ts";
import { countingDayOf, roundsUntil } from "./population/morning.ts";
import { beginCounting } from "./population/population.ts";
import { kill } from "./population/death.ts";
import { bornDayOf } from "./population/years.ts";
import { applyStimulus, frightenByRaid } from "./danger/fright.ts";
import { hearThing } from "./players/deeds.ts";
import { hearGate } from "./players/gates.ts";
import { hearOffer } from "./players/gifts.ts";
import { forgetPlayer, hearOfPlayer } from "./players/guests.ts";
import { interact } from "./players/interact.ts";
import { hearShortage } from "./turn/larder.ts";
import { controlNews, deedNews } from "./talk/faction-news.ts";
import { eventNews, routeNews, shortageNews, spread, weatherNews, witness } from "./talk/news.ts";
import { claim, standingOf } from "./standing.ts";
import { emits, PACK, tables } from "./state.ts";
import { countryOf, surroundingsOf } from "./surroundings.ts";
import { isOver, isToRunFrom } from "./danger/severe.ts";
import { runForShelter } from "./danger/refuge.ts";

/** The people of a world: each decides when it is due, and nobody is looked at in between. */
export const people = defineAggregate(
  {
    state: { root: PeopleState, tables },
    derive: standingOf,
    emits,
    reads: ["calendar", "land", "society", "economy", "factions", "events", "things"],
  },
  ({ on, command }) => ({
    create(state, { atGs, pack }, ctx) {
      const surroundings = state.surroundings.add(PACK, surroundingsOf(pack));
      const country = countryOf(surroundings);
      state.root.drainedGs = atGs;
      state.root.countedRounds = roundsUntil(atGs);
      for (const person of pack?.society?.persons ?? []) {
        const mind = mindOf(person, country.atlas, atGs, ctx.streams.stream("born", person.id));
        if (mind === undefined || state.minds.has(person.id)) continue;
        const { yearDays } = surroundings;
        if (yearDays > 0) mind.bornDay = bornDayOf(mind, countingDayOf(atGs) + 1, yearDays, ctx);
        state.minds.add(person.id, mind);
        tellArrival(mind, atGs, ctx, ArrivalHow.SPAWNED);
      }
      beginCounting(state, country);
    },
    on: [
      on(TimeUpdated, (state, event, ctx) => {
        passTime(state, event, ctx);
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
        if (news === undefined) return;
        spread(state, event.regionId, news, ctx);
        if (event.action === FactionAction.RAID) frightenByRaid(state, event.regionId, ctx);
      }),
      on(RegionControlChanged, (state, event, ctx) => {
        const news = controlNews(event);
        if (news !== undefined) spread(state, event.regionId, news, ctx);
      }),
      on(WorldEventStarted, (state, event, ctx) => {
        for (const regionId of event.regionIds) spread(state, regionId, eventNews(event, regionId), ctx);
      }),
      on(GoodsOffered, (state, event, ctx) => {
        hearOffer(state, event, ctx);
      }),
      on(ThingActed, (state, event, ctx) => {
        hearGate(state, event);
        hearThing(state, event, ctx);
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
        standing.taken.clear();
        for (const [, mind] of state.minds) claim(standing, mind);
      }),
    ],
    commands: [
      command(InteractRequest, InteractResponse, interact),
      command(ApplyStimulusRequest, ApplyStimulusResponse, applyStimulus),
      command(KillRequest, KillResponse, kill),
    ],
  }),
);
