import { create } from "@bufbuild/protobuf";
import {
  type Alert,
  AlertKind,
  AlertLevel,
  AlertSchema,
  AlertStage,
  type Ground,
  type RegionWeather,
  type Sky,
  type WeatherSevere,
} from "@orrery/schema/weather/v1";
import type { WholeOf } from "@orrery/wire";
import { type Danger, type DangerMeasures, levelAt, valueOf } from "./danger.ts";
import type { Outlook, Outlooks } from "./watch.ts";

type Severe = WholeOf<typeof WeatherSevere>;

/** A watch is set at this share of the members, and given up below the other. */
const WATCH_FROM = 0.6;
const WATCH_LEFT = 0.3;

function measuresOf(region: RegionWeather): DangerMeasures {
  const { condition, intensity, windKmh, feelsLikeC, visibilityM } = region.shown as Sky;
  const { riverLevel, drought } = region.ground as Ground;
  return { condition, intensity, windKmh, feelsLikeC, visibilityM, riverLevel, drought };
}

/**
 * Holds a region against the pack's alert levels. One alert is open for each kind; its level moves by RAISED and
 * EASED only, each ONSET is followed by one ENDED, and a WATCH becomes an ONSET or ends.
 * @param outlooks what the next hours may bring; undefined between the hours, when watches stay as they are
 * @returns what changed
 */
export function changeAlerts(
  region: RegionWeather,
  dangers: readonly Danger[],
  outlooks: Outlooks | undefined,
  atGs: number,
): Severe[] {
  const now = measuresOf(region);
  const told: Severe[] = [];
  for (const danger of dangers) {
    const severe = changeAlert(region, danger, now, outlooks, atGs);
    if (severe !== undefined) told.push(severe);
  }
  return told;
}

function changeAlert(
  region: RegionWeather,
  danger: Danger,
  now: DangerMeasures,
  outlooks: Outlooks | undefined,
  atGs: number,
): Severe | undefined {
  const { kind, unit } = danger;
  const open = region.alerts.find((alert) => alert.kind === kind);
  const prevLevel = open?.level ?? AlertLevel.UNSPECIFIED;
  const watching = prevLevel === AlertLevel.WATCH;
  const value = valueOf(kind, now);
  const level = levelAt(danger, value, watching ? AlertLevel.UNSPECIFIED : prevLevel);
  const base = {
    atGs,
    regionId: region.regionId,
    kind,
    prevLevel,
    level,
    value,
    unit,
    probability: 1,
    expectedGs: atGs,
    condition: now.condition,
  };
  if (level !== AlertLevel.UNSPECIFIED) {
    if (level === prevLevel) {
      open!.value = value;
      return undefined;
    }
    const here = open === undefined || watching;
    openAlert(
      region,
      { kind, unit, level, value, probability: 1, expectedGs: atGs },
      here ? atGs : (open?.sinceGs ?? atGs),
    );
    const stage = here
      ? AlertStage.ONSET
      : (level as number) > (prevLevel as number)
        ? AlertStage.RAISED
        : AlertStage.EASED;
    return { ...base, stage };
  }
  if (open !== undefined && !watching) {
    closeAlert(region, kind);
    return { ...base, stage: AlertStage.ENDED };
  }
  return outlooks === undefined ? undefined : changeWatch(region, danger, outlooks.get(kind), open, base);
}

function changeWatch(
  region: RegionWeather,
  { kind, unit }: Danger,
  outlook: Outlook | undefined,
  open: Alert | undefined,
  base: Omit<Severe, "stage">,
): Severe | undefined {
  const { probability, expectedGs } = outlook ?? { probability: 0, expectedGs: base.atGs };
  const { value } = base;
  if (open !== undefined) {
    Object.assign(open, { probability, expectedGs, value } satisfies Partial<Alert>);
    if (probability >= WATCH_LEFT) return undefined;
    closeAlert(region, kind);
    return { ...base, stage: AlertStage.ENDED, probability };
  }
  if (probability < WATCH_FROM) return undefined;
  const level = AlertLevel.WATCH;
  openAlert(region, { kind, unit, level, value, probability, expectedGs }, base.atGs);
  return { ...base, level, stage: AlertStage.WATCH, probability, expectedGs };
}

function openAlert(
  region: RegionWeather,
  alert: Pick<Alert, "kind" | "unit" | "level" | "value" | "probability" | "expectedGs">,
  sinceGs: number,
): void {
  closeAlert(region, alert.kind);
  region.alerts.push(create(AlertSchema, { regionId: region.regionId, sinceGs, ...alert }));
}

function closeAlert(region: RegionWeather, kind: AlertKind): void {
  region.alerts = region.alerts.filter((alert) => alert.kind !== kind);
}

/** An open alert as the event that began it, for a client that comes now. */
export function retellAlert(alert: Alert, condition: Sky["condition"]): Severe {
  const { regionId, kind, level, sinceGs, probability, expectedGs, value, unit } = alert;
  const stage = level === AlertLevel.WATCH ? AlertStage.WATCH : AlertStage.ONSET;
  const prevLevel = AlertLevel.UNSPECIFIED;
  const about = { regionId, kind, prevLevel, level, stage, probability, expectedGs, value, unit, condition };
  return { atGs: sinceGs, ...about };
}
