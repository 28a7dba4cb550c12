import { AlertKind, AlertLevel, Condition } from "@orrery/schema/weather/v1";
import type { AlertSteps } from "@orrery/schema/world/v1";
import type { Model } from "./model.ts";

/** A kind of danger, how it is measured and where its levels are. */
export interface Danger {
  readonly kind: AlertKind;
  readonly unit: string;
  /** 1: more is worse; -1: less is worse. */
  readonly sign: 1 | -1;
  /** Values that reach ADVISORY, WARNING and EMERGENCY; those that the pack leaves out are missing. */
  readonly steps: readonly (readonly [AlertLevel, number])[];
}

/** What a danger is judged by, of a sky and a ground as they are or may be. */
export interface DangerMeasures {
  readonly condition: Condition;
  readonly intensity: number;
  readonly windKmh: number;
  readonly feelsLikeC: number;
  readonly visibilityM: number;
  readonly riverLevel: number;
  readonly drought: number;
}

/** Value of a danger that is not there at all. */
const FAR_M = 100_000;
const HYSTERESIS = 0.1;

function dangerOf(kind: AlertKind, given: AlertSteps | undefined, unit: string, sign: 1 | -1 = 1): Danger {
  const all = [
    [AlertLevel.ADVISORY, given?.advisory],
    [AlertLevel.WARNING, given?.warning],
    [AlertLevel.EMERGENCY, given?.emergency],
  ] as const;
  return {
    kind,
    unit,
    sign,
    steps: all.filter((step): step is readonly [(typeof step)[0], number] => step[1] !== undefined),
  };
}

/** The dangers of a pack, in the order of AlertKind. */
export function dangersOf({ alerts }: Model): readonly Danger[] {
  return [
    dangerOf(AlertKind.STORM, alerts.storm, "0..1"),
    dangerOf(AlertKind.GALE, alerts.gale, "km/h"),
    dangerOf(AlertKind.BLIZZARD, alerts.blizzard, "0..1"),
    dangerOf(AlertKind.FLOOD, alerts.flood, "bankfull"),
    dangerOf(AlertKind.HEAT, alerts.heat, "°C"),
    dangerOf(AlertKind.COLD, alerts.cold, "°C", -1),
    dangerOf(AlertKind.FOG, alerts.fog, "m", -1),
    dangerOf(AlertKind.DROUGHT, alerts.drought, "0..1"),
  ];
}

export function valueOf(kind: AlertKind, now: DangerMeasures): number {
  switch (kind) {
    case AlertKind.STORM:
      return now.condition === Condition.STORM ? now.intensity : 0;
    case AlertKind.GALE:
      return now.windKmh;
    case AlertKind.BLIZZARD:
      return now.condition === Condition.BLIZZARD ? now.intensity : 0;
    case AlertKind.FLOOD:
      return now.riverLevel;
    case AlertKind.FOG:
      return now.condition === Condition.FOG ? now.visibilityM : FAR_M;
    case AlertKind.DROUGHT:
      return now.drought;
    default:
      return now.feelsLikeC;
  }
}

/** The level that a value has; one that is held stays so until the value is 10 % short of it. */
export function levelAt({ steps, sign }: Danger, value: number, held: AlertLevel): AlertLevel {
  let reached: AlertLevel = AlertLevel.UNSPECIFIED;
  for (const [level, step] of steps) {
    const line = sign * step - ((level as number) <= (held as number) ? Math.abs(step) * HYSTERESIS : 0);
    if (sign * value >= line) reached = level;
  }
  return reached;
}
