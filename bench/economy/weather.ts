import { fingerprint } from "@orrery/schema/registry";
import { HourChanged, Season } from "@orrery/schema/time/v1";
import { GroundConditionsChanged, WeatherChanged, WeatherSevere } from "@orrery/schema/weather/v1";
import { type Pack, WorldCreated } from "@orrery/schema/world/v1";
import { handlersOf, newProgress, openShard } from "@orrery/simulation";
import { encodeBytes, openFrame } from "@orrery/wire";
import { weather } from "@orrery/weather-manager/weather";

const WORLD = "valley";
const SERVICE = "weather-manager";
const FELT: ReadonlySet<string> = new Set([
  WeatherChanged.typeName,
  GroundConditionsChanged.typeName,
  WeatherSevere.typeName,
]);

/** What was said of the sky. */
export interface Said {
  readonly type: string;
  readonly payload: Uint8Array;
}

/** The real weather of a pack, hour by hour: of what it says that which markets feel. */
export function startWeather(pack: Pack, seed: string) {
  const facts = { service: SERVICE, world: WORLD, part: "aggregate/0", fingerprint };
  const shard = openShard(weather, handlersOf(weather), facts, newProgress(facts, seed, "life"), undefined);
  let sequence = 0;
  const take = (type: string, publisher: string, payload: Uint8Array) =>
    shard.takeEvent({
      publisher,
      sequence: ++sequence,
      type,
      key: "",
      source: publisher,
      timeMs: sequence,
      payload,
    });
  const created = encodeBytes(WorldCreated, { worldId: WORLD, seed, atGs: 0, pack });
  take(WorldCreated.typeName, "operator", created);
  sequence = 0;
  const said = (): Said[] =>
    (shard.collect()?.frames ?? [])
      .flatMap((frame) => [...openFrame(frame).events()])
      .filter(({ type }) => FELT.has(type))
      .map(({ type, payload }) => ({ type, payload: payload.slice() }));
  return {
    beginning: said(),
    pass(now: { readonly atGs: number; readonly season: Season; readonly dayOfYear: number }): Said[] {
      take(HourChanged.typeName, "time-manager", encodeBytes(HourChanged, { atGs: now.atGs, now }));
      return said();
    },
  };
}
