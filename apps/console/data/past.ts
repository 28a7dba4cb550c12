import { type JournalEvent, JournalService, Order } from "@orrery/schema/bus/v1";
import {
  AlertStage,
  GroundConditionsChanged,
  WeatherChanged,
  WeatherSevere,
} from "@orrery/schema/weather/v1";
import type { World } from "@orrery/client";

/** How the land lies at one moment. */
export interface Moment {
  readonly weather: ReadonlyMap<string, WeatherChanged>;
  readonly ground: ReadonlyMap<string, GroundConditionsChanged>;
  /** By region and kind. */
  readonly alerts: ReadonlyMap<string, WeatherSevere>;
}

const PAGE = 500;
/** Quiet regions may not have changed for days; further back than this nobody waits for. */
const MOST_PAGES = 12;

/**
 * Reads a moment of the past from the journal: the newest word on each region before it. Needs an admin's key.
 * @param regions how many there are: when each has been spoken of, the search ends
 */
export async function readMoment(
  world: World,
  atGs: number,
  regions: number,
  signal: AbortSignal,
): Promise<Moment> {
  const weather = new Map<string, WeatherChanged>();
  const ground = new Map<string, GroundConditionsChanged>();
  const alerts = new Map<string, WeatherSevere>();
  const over = new Set<string>();

  function take({ type, key, payload }: JournalEvent): void {
    if (type === WeatherChanged.typeName) setFirst(weather, key, () => WeatherChanged.decode(payload));
    if (type === GroundConditionsChanged.typeName)
      setFirst(ground, key, () => GroundConditionsChanged.decode(payload));
    if (type === WeatherSevere.typeName) {
      const severe = WeatherSevere.decode(payload);
      const slot = `${severe.regionId} ${severe.kind}`;
      if (over.has(slot)) return;
      over.add(slot);
      if (severe.stage !== AlertStage.ENDED) alerts.set(slot, severe);
    }
  }

  const journal = world.rpc(JournalService);
  const types = [WeatherChanged.typeName, GroundConditionsChanged.typeName, WeatherSevere.typeName];
  // `to` is exclusive: what happened at that very second belongs to the moment.
  const filter = { types, toGs: atGs + 1 };
  for (let page = 0, pageToken = ""; page < MOST_PAGES; page++) {
    const answer = await journal.query(
      { worldId: world.id, filter, order: Order.NEWEST_FIRST, pageSize: PAGE, pageToken },
      { signal },
    );
    for (const event of answer.events) take(event);
    pageToken = answer.nextPageToken;
    if (pageToken === "" || (weather.size >= regions && ground.size >= regions)) break;
  }
  return { weather, ground, alerts };
}

function setFirst<T>(into: Map<string, T>, key: string, make: () => T): void {
  if (!into.has(key)) into.set(key, make());
}
