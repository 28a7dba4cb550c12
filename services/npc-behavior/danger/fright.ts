import { distance, type Spot } from "@orrery/atlas";
import { frightOf, gain, reflexOf, strengthOf } from "@orrery/npc-mind";
import {
  type ApplyStimulusRequest,
  type ApplyStimulusResponseInit,
  type Mind,
  PeopleFrightened,
  StimulusKind,
} from "@orrery/schema/npc/v1";
import { Need, Predicate, Reflex } from "@orrery/schema/world/v1";
import { type EventId, OrreryError } from "@orrery/wire";
import { settleBody } from "../turn/body.ts";
import { npcErrors } from "../errors.ts";
import { witness } from "../talk/news.ts";
import { runFromDanger } from "./refuge.ts";
import type { PeopleContext, PeopleWorld } from "../state.ts";
import { spotOf } from "../turn/travel.ts";
import { atOf, USUAL_TRAITS } from "../turn/turn.ts";
import { checkWho } from "./who.ts";

/** Less is not noticed; from here on people act by reflex. */
const [NOTICED, ALARMED] = [0.1, 0.3];
/** What is left of it under another roof, and in sleep. */
const MUFFLED = 0.5;
/** So many see for themselves what happens, and tell of it. */
const WITNESSES = 16;
/** One reflex a person in so long. */
const STARTLED_GS = 10;
/** What is felt of a raid in the open, and what raiders are against one person. */
const [RAID, RAIDERS] = [0.5, 0.8];
const MOST_RADIUS_M = 5_000;
const NEAR_M = 1_000;
const KINDS: ReadonlyMap<StimulusKind, string> = new Map(
  Object.entries(StimulusKind)
    .filter(([, kind]) => kind !== StimulusKind.UNSPECIFIED)
    .map(([name, kind]) => [kind as StimulusKind, name.toLowerCase()]),
);

/** Something that frightens people. */
export interface Danger {
  readonly spot: Spot;
  readonly radiusM: number;
  /** Against one person, 0..1. */
  readonly strength: number;
  readonly victimId: string;
}

/** Somebody feels danger: less safe in any case, and by reflex if it is bad enough. @param felt 0..1 */
export function startle(
  mind: Mind,
  felt: number,
  danger: Danger,
  { state, ctx, nowGs }: { state: PeopleWorld; ctx: PeopleContext; nowGs: number },
): Reflex {
  const { derived: standing } = ctx;
  const turn = { mind, nowGs, state, standing, ctx };
  const traits = mind.traits ?? USUAL_TRAITS;
  settleBody(turn);
  gain(mind.needs, Need.SAFETY, -frightOf(traits, felt));
  const isSoon = mind.startledGs > 0 && nowGs - mind.startledGs < STARTLED_GS;
  if (felt < ALARMED || isSoon) return Reflex.UNSPECIFIED;
  mind.startledGs = nowGs;
  const victim = state.minds.get(danger.victimId);
  const isKin = mind.householdId !== "" && victim?.householdId === mind.householdId;
  const toOwn = isKin || danger.victimId === mind.npcId;
  const own = strengthOf(mind.ageYears);
  const reflex = reflexOf(traits, { own, strength: danger.strength, toOwn });
  const does = runFromDanger(turn, reflex, { spot: danger.spot, metres: danger.radiusM });
  standing.due.push(mind.dueGs, mind.npcId);
  return does;
}

interface Felt {
  readonly id: string;
  readonly felt: number;
  readonly metres: number;
}

/** A raid: whoever is in the open there runs home, stands up to it or cowers; the others are less safe. */
export function frightenByRaid(state: PeopleWorld, regionId: string, ctx: PeopleContext): void {
  const { derived: standing } = ctx;
  const nowGs = state.root.drainedGs;
  for (const [id, { regionId: where }] of state.minds) {
    if (where !== regionId) continue;
    const mind = state.minds.edit(id);
    const isOut = standing.country.atlas.place(mind.placeId)?.openAir !== false;
    const spot = spotOf({ mind, nowGs, standing });
    const felt = RAID * (isOut ? 1 : MUFFLED);
    startle(mind, felt, { spot, radiusM: 0, strength: RAIDERS, victimId: "" }, { state, ctx, nowGs });
  }
}

/** Who notices, the nearest first: less the farther they are, half of it under another roof or asleep. */
function noticing(
  state: PeopleWorld,
  { spot, radiusM }: Danger,
  { placeId, intensity, nowGs }: { placeId: string; intensity: number; nowGs: number },
  ctx: PeopleContext,
): Felt[] {
  const { derived: standing } = ctx;
  const felt: Felt[] = [];
  for (const [id, seen] of state.minds) {
    const mind = seen as Mind;
    const metres = distance(spotOf({ mind, nowGs, standing }), spot);
    if (metres >= radiusM) continue;
    const isInside =
      standing.country.atlas.place(mind.placeId)?.openAir === false && mind.placeId !== placeId;
    const asleep = atOf({ state, standing }, mind)?.asleep === true;
    const heard = intensity * (1 - metres / radiusM) * (isInside ? MUFFLED : 1) * (asleep ? MUFFLED : 1);
    if (heard >= NOTICED) felt.push({ id, felt: heard, metres });
  }
  return felt.sort((one, other) => one.metres - other.metres || (one.id < other.id ? -1 : 1));
}

interface Frightening extends Danger {
  readonly kind: StimulusKind;
  readonly placeId: string;
  readonly intensity: number;
  readonly sourceId: string;
  readonly cause?: EventId | undefined;
}

/** All who are near enough feel it; the nearest remember it, and from them the others hear. @returns in the order of their nearness */
export function frighten(state: PeopleWorld, danger: Frightening, ctx: PeopleContext) {
  const { derived: standing } = ctx;
  const { atlas } = standing.country;
  const nowGs = state.root.drainedGs;
  const { kind, sourceId, victimId, intensity, spot, cause } = danger;
  const near = danger.placeId === "" ? atlas.nearestTo(spot, NEAR_M) : atlas.place(danger.placeId);
  const placeId = near?.id ?? "";
  const felt = noticing(state, danger, { placeId: danger.placeId, intensity, nowGs }, ctx);
  if (felt.length === 0) return [];
  const regionId = near?.regionId ?? atlas.regionAt(spot);
  const noticedIds = felt.slice(0, WITNESSES).map(({ id }) => id);
  const told = { atGs: nowGs, regionId, placeId, kind, intensity, sourceId, victimId, noticedIds };
  const origin = ctx.emit(PeopleFrightened, { ...told, noticed: felt.length }, cause && { cause });
  const fact =
    sourceId !== "" && victimId !== ""
      ? { subject: sourceId, predicate: Predicate.ATTACKED, object: victimId, place: placeId }
      : { subject: placeId, predicate: Predicate.FRIGHTENED, object: KINDS.get(kind) ?? "", place: regionId };
  return felt.map(({ id, felt: share }, at) => {
    const mind = state.minds.edit(id);
    if (at < WITNESSES && id !== sourceId && atOf({ state, standing }, mind)?.asleep !== true)
      witness(mind, { fact, valence: -0.8, importance: 0.4 + 0.5 * intensity, nowGs }, origin);
    const reflex = id === sourceId ? Reflex.UNSPECIFIED : startle(mind, share, danger, { state, ctx, nowGs });
    return { npcId: id, felt: share, reflex };
  });
}

const USUAL_STRENGTH = 0.6;
const isShare = (value: number) => value >= 0 && value <= 1;

/** A service or an operator says that something frightens people. @throws NPC_STIMULUS, NPC_PLACE_UNKNOWN, NPC_WHO */
export function applyStimulus(
  state: PeopleWorld,
  request: ApplyStimulusRequest,
  ctx: PeopleContext,
): ApplyStimulusResponseInit {
  const { kind, placeId, xM, yM, radiusM, intensity, strength, sourceId, victimId } = request;
  const place = ctx.derived.country.atlas.place(placeId);
  if (placeId !== "" && place === undefined)
    throw new OrreryError(npcErrors.NPC_PLACE_UNKNOWN, { given: placeId });
  const isValid =
    KINDS.has(kind) &&
    isShare(intensity) &&
    isShare(strength) &&
    radiusM >= 1 &&
    radiusM <= MOST_RADIUS_M &&
    Number.isFinite(xM) &&
    Number.isFinite(yM);
  if (!isValid)
    throw new OrreryError(npcErrors.NPC_STIMULUS, {
      given: `kind ${kind}, intensity ${intensity}, strength ${strength}, radius ${radiusM} m, at ${xM}, ${yM}`,
    });
  checkWho(sourceId, victimId);
  const noticed = frighten(
    state,
    {
      kind,
      placeId,
      spot: place?.spot ?? [xM, yM],
      radiusM,
      intensity,
      strength: strength || USUAL_STRENGTH,
      sourceId,
      victimId,
    },
    ctx,
  );
  return { noticed: noticed.slice(0, WITNESSES), count: noticed.length };
}
