import { firstDayOfYear } from "@orrery/economy";
import { SubjectErased } from "@orrery/schema/bus/v1";
import {
  ActPhase,
  GiftAnswered,
  NpcActed,
  NpcApproached,
  NpcDied,
  NpcTookUp,
  PeopleFrightened,
} from "@orrery/schema/npc/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { GroundConditionsChanged, WeatherChanged, WeatherSevere } from "@orrery/schema/weather/v1";
import {
  CommitTradeRequest,
  CommitTradeResponse,
  EndEventRequest,
  EndEventResponse,
  GiveRequest,
  GiveResponse,
  PackRevised,
  RealmState,
  ReleaseTradeRequest,
  ReleaseTradeResponse,
  ReserveTradeRequest,
  ReserveTradeResponse,
  StartEventRequest,
  StartEventResponse,
  ThingActed,
  WorldEventTrigger,
} from "@orrery/schema/world/v1";
import { defineAggregate } from "@orrery/simulation/define";
import { openAffairs } from "./affairs.ts";
import { openBooks } from "./books.ts";
import { trigger } from "./events/happen.ts";
import { endByOrder, startByOrder } from "./events/orders.ts";
import { realmGround } from "./ground.ts";
import { liveUntil } from "./hours.ts";
import { forgetErased, forgetReputation } from "./reputations/erased.ts";
import { keepThoseOf } from "./reputations/fade.ts";
import { hearApproach, hearAttack, hearBarred, hearKilling } from "./reputations/hear.ts";
import { hearBar, watchRoutes } from "./routes.ts";
import { comeToWork, everybodyWorked } from "./shifts.ts";
import { hearDanger, hearGround, hearWeather, isToMend } from "./sky.ts";
import { forgetGoods, give, hearAnswer, takeBack } from "./trades/gifts.ts";
import { reserve } from "./trades/reserve.ts";
import { commit, expire, forget, release } from "./trades/settle.ts";
import { builtOn, standingOf, succeed } from "./standing.ts";
import { emits, PACK, tables } from "./state.ts";

const HOUR_GS = 3_600;

/**
 * What a world lives on: its goods, prices and roads. Hour by hour things are made, used and carried where they are dearer.
 * And whose it is: day by day factions act, and land goes to whoever pulls most.
 */
export const realm = defineAggregate(
  {
    name: "realm",
    state: { root: RealmState, tables },
    derive: standingOf,
    emits,
    reads: ["calendar", "land", "society", "economy", "factions", "events"],
  },
  ({ on, command }) => ({
    create(state, { atGs, pack }) {
      const built = builtOn(state.grounds.add(PACK, realmGround(pack)), state);
      state.root.hourGs = Math.floor(atGs / HOUR_GS) * HOUR_GS;
      state.root.dayOfYear = firstDayOfYear(pack, atGs);
      everybodyWorked(state, built, atGs);
      if (built.valley !== undefined) openBooks(state, built.valley, state.root.dayOfYear, atGs);
      if (built.powers !== undefined) openAffairs(state, built.powers, atGs);
    },
    on: [
      on(HourChanged, (state, { now, atGs }, ctx) => {
        liveUntil(state, now, atGs, ctx);
        expire(state, atGs, ctx);
        takeBack(state, atGs);
        forgetErased(state, atGs);
      }),
      on(WeatherChanged, (state, event) => {
        hearWeather(state, event);
      }),
      on(GroundConditionsChanged, (state, event, ctx) => {
        hearGround(state, event);
        if (ctx.derived.valley !== undefined)
          watchRoutes(state, ctx.derived.valley, event.regionId, event.atGs, ctx);
      }),
      on(WeatherSevere, (state, event, ctx) => {
        hearDanger(state, event);
        if (isToMend(event))
          trigger(state, WorldEventTrigger.DANGER, event.regionId, undefined, event.atGs, ctx);
        if (ctx.derived.valley !== undefined)
          watchRoutes(state, ctx.derived.valley, event.regionId, event.atGs, ctx);
      }),
      on(NpcActed, (state, event, ctx) => {
        if (event.phase === ActPhase.STARTED) comeToWork(state, event, ctx.derived);
      }),
      on(GiftAnswered, (state, event, ctx) => {
        hearAnswer(state, event, ctx);
      }),
      on(NpcApproached, (state, event, ctx) => {
        hearApproach(state, event, ctx);
      }),
      on(PeopleFrightened, (state, event, ctx) => {
        hearAttack(state, event, ctx);
      }),
      on(NpcDied, (state, event, ctx) => {
        hearKilling(state, event, ctx);
      }),
      on(ThingActed, (state, event, ctx) => {
        hearBar(state, ctx.derived.valley, event, ctx);
        hearBarred(state, event, ctx);
      }),
      on(NpcTookUp, (state, event, { derived }) => {
        succeed(state, event, derived);
      }),
      on(SubjectErased, (state, { subject }, ctx) => {
        forget(state, subject);
        forgetGoods(state, subject);
        forgetReputation(state, subject, ctx);
      }),
      on(PackRevised, (state, { pack, revision }, { derived: standing }) => {
        if (pack === undefined || revision <= state.root.packRevision) return;
        state.root.packRevision = revision;
        const ground = state.grounds.edit(PACK);
        // Sections that the edit has no more are no more.
        delete ground.factions;
        delete ground.events;
        Object.assign(ground, realmGround(pack));
        Object.assign(standing, builtOn(state.grounds.get(PACK) ?? realmGround(undefined), state));
        keepThoseOf(state, standing.powers);
        const { hourGs, dayOfYear } = state.root;
        everybodyWorked(state, standing, hourGs);
        if (standing.valley !== undefined) openBooks(state, standing.valley, dayOfYear, hourGs);
        if (standing.powers !== undefined) openAffairs(state, standing.powers, hourGs);
      }),
    ],
    commands: [
      command(StartEventRequest, StartEventResponse, startByOrder),
      command(EndEventRequest, EndEventResponse, endByOrder),
      command(GiveRequest, GiveResponse, give),
      command(ReserveTradeRequest, ReserveTradeResponse, reserve),
      command(CommitTradeRequest, CommitTradeResponse, commit, { keep: "forever" }),
      command(ReleaseTradeRequest, ReleaseTradeResponse, release),
    ],
  }),
);
