import { ActPhase, NpcActed, NpcArrived, NpcDied, NpcMoved, NpcTookUp } from "@orrery/schema/npc/v1";
import { create } from "@bufbuild/protobuf";
import { SubjectErased } from "@orrery/schema/bus/v1";
import { ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import { TimeUpdated } from "@orrery/schema/time/v1";
import {
  ActRequest,
  ActResponse,
  EntityKind,
  LandSchema,
  type Pack,
  PackRevised,
  type RegionsGround,
  RegionsGroundSchema,
  RegionsState,
  type Thing,
  TravelRequest,
  TravelResponse,
  UpsertEntitiesRequest,
  UpsertEntitiesResponse,
} from "@orrery/schema/world/v1";
import { defineAggregate } from "@orrery/simulation/define";
import { act } from "./act.ts";
import { forgetBars, openInTime } from "./bars.ts";
import { change, vanish } from "./change.ts";
import { bury } from "./gone.ts";
import { giveUpAll } from "./hands.ts";
import { comeBack, forget, goAway, travel, walkOn } from "./players.ts";
import { place } from "./things.ts";
import { upsert } from "./upsert.ts";
import { aroundOf, atlasOf, emits, PACK, tables } from "./state.ts";

const still = (xM: number, yM: number, atGs: number) => ({
  xM,
  yM,
  toXM: xM,
  toYM: yM,
  departGs: atGs,
  arriveGs: atGs,
});

/** What is where: entities by their regions. Who they are and why they move, others decide; here it is written down and told. */
export const regions = defineAggregate(
  {
    name: "regions",
    state: { root: RegionsState, tables },
    derive: aroundOf,
    emits,
    reads: ["about", "land", "society", "things"],
    snapshot: "own",
  },
  ({ on, command }) => ({
    create(state, { atGs, pack }, ctx) {
      state.root.drainedGs = atGs;
      state.grounds.add(PACK, groundOf(pack));
      // Nothing follows from the state yet: what is needed of it here is made for the moment.
      place(state, [], atGs, { ...ctx, derived: aroundOf(state) });
    },
    on: [
      on(NpcArrived, (state, event, ctx) => {
        const { atGs, npcId, name, speciesId, roleId } = event;
        const props = { "npc.name": name, "npc.species": speciesId, "npc.role": roleId };
        const entityId = npcId;
        const known = state.entities.get(npcId);
        // The lanes are not ordered against each other: who is on the way already stays where they are.
        const { regionId, placeId } = known ?? event;
        const motion = known?.motion ? {} : { motion: still(event.xM, event.yM, atGs) };
        change(state, { entityId, kind: EntityKind.NPC, regionId, placeId, ...motion, props }, atGs, ctx);
      }),
      on(NpcMoved, (state, event, ctx) => {
        const { atGs, npcId, regionId, xM, yM, toXM, toYM, viaM, departGs, arriveGs, toPlaceId } = event;
        const known = state.entities.get(npcId);
        if (state.gone.has(npcId) || (known !== undefined && atGs < known.movedGs)) {
          state.root.lateMoves += 1;
          return;
        }
        const isThere = arriveGs <= atGs;
        const motion = { xM, yM, toXM, toYM, viaM, departGs, arriveGs };
        const props = isThere ? {} : { "npc.activity": undefined };
        const placeId = isThere ? toPlaceId : "";
        const to = { entityId: npcId, kind: EntityKind.NPC, regionId, placeId, motion, props };
        change(state, to, atGs, ctx);
        state.entities.edit(npcId).movedGs = atGs;
      }),
      on(NpcActed, (state, { atGs, npcId, phase, activityId }, ctx) => {
        const known = state.entities.get(npcId);
        if (known === undefined || phase !== ActPhase.STARTED) return;
        const { kind, regionId, placeId } = known;
        const props = { "npc.activity": activityId };
        change(state, { entityId: npcId, kind, regionId, placeId, props }, atGs, ctx);
      }),
      on(NpcTookUp, (state, { atGs, npcId, roleId }, ctx) => {
        const known = state.entities.get(npcId);
        if (known === undefined) return;
        const { kind, regionId, placeId } = known;
        change(state, { entityId: npcId, kind, regionId, placeId, props: { "npc.role": roleId } }, atGs, ctx);
      }),
      on(NpcDied, (state, { npcId, atGs }, ctx) => {
        vanish(state, npcId, atGs, ctx);
        bury(state, npcId, atGs);
      }),
      on(TimeUpdated, (state, { atGs }, ctx) => {
        if (atGs <= state.root.drainedGs) return;
        state.root.drainedGs = atGs;
        walkOn(state, atGs, ctx);
        openInTime(state, atGs, ctx);
      }),
      on(ClientConnected, (state, { playerId }, ctx) => {
        comeBack(state, playerId, ctx);
      }),
      on(ClientDisconnected, (state, { playerId }, ctx) => {
        goAway(state, playerId, ctx);
      }),
      on(SubjectErased, (state, { subject }, ctx) => {
        forgetBars(state, subject);
        giveUpAll(state, subject, ctx);
        forget(state, subject, ctx);
      }),
      on(PackRevised, (state, { pack, revision, atGs }, ctx) => {
        if (pack === undefined || revision <= state.root.packRevision) return;
        state.root.packRevision = revision;
        const before = (state.grounds.get(PACK)?.things ?? []) as readonly Thing[];
        Object.assign(state.grounds.edit(PACK), groundOf(pack));
        ctx.derived.atlas = atlasOf(pack.land);
        place(state, before, Math.max(atGs, state.root.drainedGs), ctx);
      }),
    ],
    commands: [
      command(ActRequest, ActResponse, act),
      command(TravelRequest, TravelResponse, travel),
      command(UpsertEntitiesRequest, UpsertEntitiesResponse, upsert),
    ],
  }),
);

/** What of a pack players need, and things: the rest of it may be gone when it is asked again. */
function groundOf(pack: Pack | undefined): RegionsGround {
  const { land, gatePlaceId = "", things = [], society } = pack ?? {};
  const { regions = [], roads = [], places = [] } = land ?? {};
  const asleepActivityIds = (society?.activities ?? []).filter(({ asleep }) => asleep).map(({ id }) => id);
  return create(RegionsGroundSchema, {
    land: create(LandSchema, { regions, roads, places }),
    ...{ gatePlaceId, things, asleepActivityIds },
  });
}
