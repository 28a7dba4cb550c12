import { type SeasonKind, WorldEventEnd, WorldEventTrigger, WorldEventType } from "@orrery/schema/world/v1";
import type { EventId } from "@orrery/wire";
import { PACK, type RealmContext, type RealmWorld } from "../state.ts";
import { begin } from "./begin.ts";
import { end } from "./end.ts";
import { regionsFor } from "./fits.ts";

/** How often something of a type happens, beside the others. */
const WEIGHTS: ReadonlyMap<WorldEventType, number> = new Map([
  [WorldEventType.ECONOMIC, 0.3],
  [WorldEventType.POLITICAL, 0.25],
  [WorldEventType.SOCIAL, 0.2],
  [WorldEventType.NATURAL, 0.15],
  [WorldEventType.CRAFT, 0.1],
]);
const OF_WEIGHTS = 0.04;
const MOST_CHANCE = 0.25;
const HOUR_GS = 3_600;

const rulesOf = ({ grounds }: RealmWorld) => grounds.get(PACK)?.events?.rules ?? [];

/** An hour passes over what happens: what has run its course ends, and luck may let something begin. */
export function letHappen(state: RealmWorld, season: SeasonKind, atGs: number, ctx: RealmContext): void {
  const over = [...state.events].filter(([, { untilGs }]) => untilGs <= atGs).map(([id]) => id);
  for (const id of over) end(state, id, WorldEventEnd.EXPIRED, atGs, ctx);
  const random = ctx.streams.stream("world-events", atGs / HOUR_GS);
  const chances = rulesOf(state)
    .filter(({ trigger }) => trigger === WorldEventTrigger.UNSPECIFIED)
    .map((rule) => ({
      rule,
      regionIds: regionsFor(state, rule, season, atGs),
      weight: rule.weight * (WEIGHTS.get(rule.type) ?? 0),
    }))
    .filter(({ regionIds }) => regionIds.length > 0);
  const all = chances.reduce((sum, { weight }) => sum + weight, 0);
  if (all === 0 || random.uniform() >= Math.min(MOST_CHANCE, OF_WEIGHTS * all)) return;
  let left = random.uniform() * all;
  const drawn = chances.find(({ weight }) => (left -= weight) < 0) ?? chances.at(-1);
  if (drawn === undefined) return;
  const { rule, regionIds } = drawn;
  const intensity = rule.least + (rule.most - rule.least) * random.uniform();
  begin(state, { rule, regionId: random.pick(regionIds), intensity }, atGs, ctx);
}

/** Something has happened somewhere that lets other things begin at once, with it as their cause. */
export function trigger(
  state: RealmWorld,
  by: WorldEventTrigger,
  regionId: string,
  cause: EventId | undefined,
  atGs: number,
  ctx: RealmContext,
): void {
  const season = state.root.season;
  for (const rule of rulesOf(state)) {
    if (rule.trigger !== by || !regionsFor(state, rule, season, atGs).includes(regionId)) continue;
    const random = ctx.streams.stream("world-event", rule.id, regionId, atGs);
    const intensity = rule.least + (rule.most - rule.least) * random.uniform();
    begin(state, { rule, regionId, intensity, cause }, atGs, ctx);
    return;
  }
}

/** What made events of a region happen is over: so are they. */
export function resolve(
  state: RealmWorld,
  by: WorldEventTrigger,
  regionId: string,
  atGs: number,
  ctx: RealmContext,
): void {
  const rules = new Set(rulesOf(state).flatMap(({ id, trigger: own }) => (own === by ? [id] : [])));
  const over = [...state.events].filter(
    ([, event]) => event.regionId === regionId && rules.has(event.ruleId),
  );
  for (const [id] of over) end(state, id, WorldEventEnd.RESOLVED, atGs, ctx);
}
