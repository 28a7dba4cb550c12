import { connect } from "@orrery/client";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherChanged, WeatherService } from "@orrery/schema/weather/v1";

export async function watchTheMill(url: string, changes: number): Promise<string[]> {
  const world = await connect({ url, world: "hollowmere" });
  const mill = world.subscribe({ regions: ["region:mill-vale"], types: ["weather.*"] });
  const lines: string[] = [];
  for (const event of await mill.snapshot) {
    const sky = event.as(WeatherChanged);
    if (sky) lines.push(`now ${sky.temperatureC.toFixed(1)} °C`);
  }
  const { now } = await world.rpc(TimeService).getClock({ worldId: world.id });
  const { hours } = await world
    .rpc(WeatherService)
    .getForecast({ worldId: world.id, regionId: "region:mill-vale", hours: 12 });
  lines.push(`at ${now?.hour} o'clock; the next ${hours.length} hours are known`);
  for await (const event of mill) {
    const sky = event.as(WeatherChanged);
    if (sky) lines.push(`then ${sky.temperatureC.toFixed(1)} °C, wind ${sky.windKmh.toFixed(0)} km/h`);
    if (sky && --changes <= 0) break;
  }
  world.close();
  return lines;
}
