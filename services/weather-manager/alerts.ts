import { create } from "@bufbuild/protobuf";
import {
  type Alert,
  AlertKind,
  AlertLevel,
  AlertSchema,
  AlertStage,
  Condition,
  type Ground,
  type RegionWeather,
  type Sky,
} from "@orrery/schema/weather/v1";
import type { AlertSteps } from "@orrery/schema/world/v1";
import type { InitOf } from "@orrery/wire";
import type { WeatherSevere as WeatherSevereCodec } from "@orrery/schema/weather/v1";
import type { Model } from "./model.ts";

interface Measure {
  readonly kind: AlertKind;
  readonly steps: AlertSteps | undefined;
  readonly value: number;
  readonly unit: string;
  /** Smaller is worse. */
  readonly downwards: boolean;
}

const ABSENT = Number.NEGATIVE_INFINITY;

function measures(model: Model, sky: Sky, ground: Ground): readonly Measure[] {
  const { alerts } = model;
  const stormy = sky.condition === Condition.STORM ? sky.intensity : ABSENT;
  const white = sky.condition === Condition.BLIZZARD ? sky.intensity : ABSENT;
  const up = (kind: AlertKind, steps: AlertSteps | undefined, value: number, unit: string): Measure => ({
    kind,
    steps,
    value,
    unit,
    downwards: false,
  });
  const down = (kind: AlertKind, steps: AlertSteps | undefined, value: number, unit: string): Measure => ({
    kind,
    steps,
    value,
    unit,
    downwards: true,
  });
  return [
    up(AlertKind.STORM, alerts.storm, stormy, "intensity"),
    up(AlertKind.GALE, alerts.gale, sky.windKmh, "km/h"),
    up(AlertKind.BLIZZARD, alerts.blizzard, white, "intensity"),
    up(AlertKind.FLOOD, alerts.flood, ground.riverLevel, "of bankfull"),
    up(AlertKind.HEAT, alerts.heat, sky.feelsLikeC, "°C"),
    down(AlertKind.COLD, alerts.cold, sky.feelsLikeC, "°C"),
    down(AlertKind.FOG, alerts.fog, sky.visibilityM, "m"),
    up(AlertKind.DROUGHT, alerts.drought, ground.drought, "0..1"),
  ];
}

function levelOf({ steps, value, downwards }: Measure): AlertLevel {
  const reached = (step: number | undefined) =>
    step !== undefined && (downwards ? value <= step : value >= step);
  if (reached(steps?.emergency)) return AlertLevel.EMERGENCY;
  if (reached(steps?.warning)) return AlertLevel.WARNING;
  return reached(steps?.advisory) ? AlertLevel.ADVISORY : AlertLevel.UNSPECIFIED;
}

/**
 * Holds a region against the pack's alert levels. One alert is open for each kind; its level moves by RAISED and
 * EASED only, and each ONSET is followed by one ENDED.
 * @returns what changed
 */
export function changeAlerts(
  region: RegionWeather,
  model: Model,
  atGs: number,
): InitOf<typeof WeatherSevereCodec>[] {
  const sky = region.shown as Sky;
  const told: InitOf<typeof WeatherSevereCodec>[] = [];
  for (const measure of measures(model, sky, region.ground as Ground)) {
    const level = levelOf(measure);
    const open = region.alerts.find(({ kind }) => kind === measure.kind);
    const prevLevel = open?.level ?? AlertLevel.UNSPECIFIED;
    if (level === prevLevel) continue;
    const value = Number.isFinite(measure.value) ? measure.value : 0;
    const { kind, unit } = measure;
    const base: InitOf<typeof WeatherSevereCodec> = {
      atGs,
      regionId: region.regionId,
      kind,
      prevLevel,
      probability: 1,
      expectedGs: atGs,
      value,
      unit,
      condition: sky.condition,
    };
    if (open === undefined) {
      region.alerts.push(
        create(AlertSchema, {
          regionId: region.regionId,
          kind,
          level,
          sinceGs: atGs,
          probability: 1,
          expectedGs: atGs,
          value,
          unit,
        }),
      );
      told.push({ ...base, level, stage: AlertStage.ONSET });
    } else if (level === AlertLevel.UNSPECIFIED) {
      region.alerts = region.alerts.filter((alert) => alert !== open);
      told.push({ ...base, level: prevLevel, stage: AlertStage.ENDED });
    } else {
      Object.assign(open, { level, value } satisfies Partial<Alert>);
      told.push({ ...base, level, stage: level > prevLevel ? AlertStage.RAISED : AlertStage.EASED });
    }
  }
  return told;
}

/** An open alert as the event that began it, for a client that comes now. */
export function retellAlert({
  regionId,
  kind,
  level,
  sinceGs,
  probability,
  expectedGs,
  value,
  unit,
}: Alert): InitOf<typeof WeatherSevereCodec> {
  return {
    atGs: sinceGs,
    regionId,
    kind,
    level,
    prevLevel: AlertLevel.UNSPECIFIED,
    stage: AlertStage.ONSET,
    probability,
    expectedGs,
    value,
    unit,
  };
}
