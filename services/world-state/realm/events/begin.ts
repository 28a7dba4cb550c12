import { create } from "@bufbuild/protobuf";
import {
  ModifierSchema,
  RuleHistorySchema,
  type WorldEvent,
  WorldEventSchema,
  type WorldEventRule,
  WorldEventStarted,
} from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import type { EventId } from "@orrery/wire";
import { PACK, type RealmContext, type RealmWorld } from "../state.ts";
import { scaled } from "./modifiers.ts";

const HOUR_GS = 3_600;

interface Beginning {
  readonly rule: DeepReadonly<WorldEventRule>;
  readonly regionId: string;
  /** 0..1. */
  readonly intensity: number;
  /** Game hours; left out: as the rule says. */
  readonly hours?: number;
  /** What made it happen; left out: what is being handled. */
  readonly cause?: EventId | undefined;
}

/** An event begins, and is told. */
export function begin(
  state: RealmWorld,
  { rule, regionId, intensity, hours = rule.lengthH, cause }: Beginning,
  atGs: number,
  ctx: Pick<RealmContext, "emit">,
): WorldEvent {
  state.root.begun += 1;
  const eventId = `event:${rule.id.slice(rule.id.indexOf(":") + 1)}/${state.root.begun}`;
  const holderId = state.controls.get(regionId)?.holderId ?? "";
  const modifiers = rule.modifiers.map(({ quantity, goodId, op, value, group }) =>
    create(ModifierSchema, {
      ...{ eventId, targetId: regionId, quantity, goodId, op, group },
      value: scaled({ op, value }, intensity),
    }),
  );
  const untilGs = atGs + hours * HOUR_GS;
  const text = filled(state, rule.says, regionId, holderId);
  const event = create(WorldEventSchema, {
    ...{ eventId, ruleId: rule.id, name: rule.name, type: rule.type, regionId, intensity },
    ...{ fromGs: atGs, untilGs, text, modifiers },
  });
  const { publisher, sequence } = ctx.emit(
    WorldEventStarted,
    {
      ...{
        atGs,
        eventId,
        ruleId: rule.id,
        name: rule.name,
        type: rule.type,
        intensity,
        untilGs,
        text,
        modifiers,
      },
      regionIds: [regionId],
      factionIds: holderId === "" ? [] : [holderId],
    },
    cause && { cause },
  );
  event.causePublisher = publisher;
  event.causeSequence = sequence;
  state.events.add(eventId, event);
  const history = state.histories.has(rule.id)
    ? state.histories.edit(rule.id)
    : state.histories.add(rule.id, create(RuleHistorySchema));
  history.lastGs[regionId] = atGs;
  return event;
}

function filled({ grounds }: RealmWorld, says: string, regionId: string, holderId: string): string {
  const ground = grounds.get(PACK);
  const region = ground?.regions.find(({ id }) => id === regionId)?.name ?? regionId;
  const faction = ground?.factions?.factions.find(({ id }) => id === holderId)?.name ?? "somebody";
  const words = says.replaceAll("{region}", region).replaceAll("{faction}", faction);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
