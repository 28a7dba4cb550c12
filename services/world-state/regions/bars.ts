import { create } from "@bufbuild/protobuf";
import { distance, passes, type Spot, stretchOf, type Way, whereIs } from "@orrery/atlas";
import { type Bar, BarSchema, type Barring, EntityKind, type Road, Verb } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import { entityIdOf } from "../player-id.ts";
import { actOn, BARRED, flag } from "./deeds.ts";
import { PACK, type RegionsContext, type RegionsWorld } from "./state.ts";

/*
 * A gate that somebody barred closes a road. It opens again by whoever comes and opens it; by one of the people whose work that
 * is, after a while; and by itself. For as long as it may be barred it then stays open: whoever would keep a road closed
 * cannot, however many of them there are.
 */

/** So many gates may be barred by one player at once. */
const MOST_BARRED = 2;
/** So near is a keeper who sees to it. */
const KEEPER_M = 1_000;
const HOUR_GS = 3_600;

/** Why a gate cannot be barred now; undefined: it can. */
export function keptFromBarring(
  { bars }: RegionsWorld,
  thingId: string,
  playerId: string,
  nowGs: number,
): string | undefined {
  const bar = bars.get(thingId);
  if (bar !== undefined && bar.restsUntilGs === undefined) return "it is barred already";
  const restsGs = (bar?.restsUntilGs ?? 0) - nowGs;
  if (restsGs > 0)
    return `it was barred not long ago, and stays open for ${Math.ceil(restsGs / HOUR_GS)} h yet`;
  let own = 0;
  for (const [, other] of bars) if (other.playerId === playerId && other.restsUntilGs === undefined) own += 1;
  return own >= MOST_BARRED ? `you have barred ${own} gates already, and nobody keeps more` : undefined;
}

/** @returns when it opens by itself, game seconds */
export function bar(
  state: RegionsWorld,
  thingId: string,
  { routeId, keeperRoleId, keeperAfterGs, opensAfterGs }: DeepReadonly<Barring>,
  {
    playerId,
    placeId,
    regionId,
  }: { readonly playerId: string; readonly placeId: string; readonly regionId: string },
  ctx: RegionsContext,
): number {
  const nowGs = state.root.drainedGs;
  const opensGs = nowGs + opensAfterGs;
  if (state.bars.has(thingId)) state.bars.remove(thingId);
  state.bars.add(
    thingId,
    create(BarSchema, {
      ...{ playerId, routeId, placeId, regionId, keeperRoleId, opensGs, restGs: opensAfterGs },
      keeperGs: nowGs + keeperAfterGs,
    }),
  );
  const deed = { actorId: playerId, verb: Verb.BAR, props: { [BARRED]: flag(true) } };
  actOn(state, thingId, deed, { placeId, regionId, routeId }, nowGs, ctx);
  return opensGs;
}

/** A barred gate is open again. @param actorId who did it; "": it came by itself */
export function unbar(
  state: RegionsWorld,
  thingId: string,
  actorId: string,
  atGs: number,
  ctx: RegionsContext,
): void {
  const own = state.bars.edit(thingId);
  const { placeId, regionId, routeId, restGs } = own;
  Object.assign(own, { playerId: "", restsUntilGs: atGs + restGs });
  const deed = { actorId, verb: Verb.UNBAR, props: { [BARRED]: flag(false) } };
  actOn(state, thingId, deed, { placeId, regionId, routeId }, atGs, ctx);
}

/** The gate is no more, or bars something else: the road that it closed is open. */
export function dropBar(state: RegionsWorld, thingId: string, atGs: number, ctx: RegionsContext): void {
  const known = state.bars.get(thingId);
  if (known === undefined) return;
  if (known.restsUntilGs === undefined) unbar(state, thingId, "", atGs, ctx);
  state.bars.remove(thingId);
}

/** What bars a way; undefined: nothing does. */
export function barredOn({ bars, grounds }: RegionsWorld, way: Way): string | undefined {
  const roads = (grounds.get(PACK)?.land?.roads ?? []) as readonly Road[];
  const [found] =
    [...bars].find(([, { routeId, restsUntilGs }]) => {
      const stretch = restsUntilGs === undefined ? stretchOf(roads, routeId) : undefined;
      return stretch !== undefined && passes(way, stretch);
    }) ?? [];
  return found;
}

/** A minute passes over what is barred. */
export function openInTime(state: RegionsWorld, atGs: number, ctx: RegionsContext): void {
  for (const [id, one] of [...state.bars]) {
    if (one.restsUntilGs !== undefined) {
      if (one.restsUntilGs <= atGs) state.bars.remove(id);
    } else if (one.opensGs <= atGs) unbar(state, id, "", atGs, ctx);
    else if (one.keeperGs <= atGs) {
      const keeper = keeperOf(state, one as Bar, atGs, ctx);
      if (keeper !== undefined) unbar(state, id, keeper, atGs, ctx);
    }
  }
}

/** The nearest of those who would open it, awake; of equally near ones the first by id. */
function keeperOf(
  state: RegionsWorld,
  { keeperRoleId, placeId, regionId }: Bar,
  atGs: number,
  { derived }: RegionsContext,
): string | undefined {
  const gate = derived.atlas.place(placeId)?.spot;
  if (gate === undefined || keeperRoleId === "") return undefined;
  const asleep = state.grounds.get(PACK)?.asleepActivityIds ?? [];
  let [best, least]: [string | undefined, number] = [undefined, KEEPER_M];
  for (const id of [...(derived.census.get(regionId) ?? [])].sort()) {
    const one = state.entities.get(id);
    if (one?.kind !== EntityKind.NPC || one.motion === undefined) continue;
    const text = (prop: string) => one.props[prop]?.value.value;
    if (text("npc.role") !== keeperRoleId || asleep.includes(String(text("npc.activity")))) continue;
    const metres = distance(whereIs(one.motion, atGs), gate as Spot);
    if (metres < least) [best, least] = [id, metres];
  }
  return best;
}

/** Nobody knows any more what somebody barred; it opens as it would have. */
export function forgetBars({ bars }: RegionsWorld, playerId: string): void {
  const own = [...bars].filter(([, one]) => one.playerId === entityIdOf(playerId));
  for (const [id] of own) bars.edit(id).playerId = "";
}
