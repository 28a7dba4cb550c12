import {
  Biome,
  ModifierOp,
  type ModifierRuleInit,
  Quantity,
  SeasonKind,
  WorldEventTrigger,
  type WorldEventRulesInit,
  WorldEventType,
} from "@orrery/schema/world/v1";
import type { Parts } from "../parts.ts";
import type { EVENT_TYPES } from "../shape/events.ts";

type EventText = Parts["events"]["events"][number];

/** Game hours, where a pack does not say. */
const USUAL_HOURS: Readonly<Record<(typeof EVENT_TYPES)[number], number>> = {
  economic: 60,
  political: 120,
  social: 30,
  natural: 240,
  craft: 180,
};
const OPS = {
  times: ModifierOp.MUL,
  add: ModifierOp.ADD,
  most: ModifierOp.MIN,
  least: ModifierOp.MAX,
  set: ModifierOp.SET,
} as const;

const named = <E extends Record<string, unknown>>(names: E, name: string) =>
  names[name.toUpperCase() as keyof E] as E[keyof E];

export const buildEvents = ({ events: { events } }: Parts): WorldEventRulesInit => ({
  rules: events.map(
    ({
      id,
      name,
      says,
      type,
      weight,
      cooldown_days,
      hours,
      intensity,
      on,
      seasons,
      biomes,
      regions,
      held,
      changes,
    }) => ({
      ...{ id, name, says, weight, held },
      type: named(WorldEventType, type),
      cooldownH: 24 * cooldown_days,
      lengthH: hours ?? USUAL_HOURS[type],
      least: Math.min(...intensity),
      most: Math.max(...intensity),
      trigger: on === undefined ? WorldEventTrigger.UNSPECIFIED : named(WorldEventTrigger, on),
      seasons: seasons.map((season) => named(SeasonKind, season)),
      biomes: biomes.map((biome) => named(Biome, biome)),
      regionIds: regions,
      modifiers: changes.map(modifierOf),
    }),
  ),
});

function modifierOf(change: EventText["changes"][number]): ModifierRuleInit {
  const op = (Object.keys(OPS) as (keyof typeof OPS)[]).find((name) => change[name] !== undefined) ?? "times";
  return {
    quantity: named(Quantity, change.of),
    goodId: change.good ?? "",
    op: OPS[op],
    value: change[op] ?? 1,
    group: change.group,
  };
}
