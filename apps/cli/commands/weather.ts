import { Command } from "commander";
import { Condition, WeatherService } from "@orrery/schema/weather/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { whole } from "../numbers.ts";
import { gameClock, printRows } from "../print.ts";

const nameOf = (condition: number | undefined) =>
  Object.entries(Condition)
    .find(([, value]) => value === condition)?.[0]
    ?.toLowerCase()
    .replaceAll("_", " ");

const now = edgeCommand("now", "the weather of every region, or of those named")
  .argument("[region...]", "region ids")
  .action(async (regionIds: string[], options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const { regions } = await client(WeatherService).getWeather({ worldId: world, regionIds });
    const rows = regions.map(({ regionId, sky, ground }) => ({
      region: regionId,
      condition: nameOf(sky?.condition),
      "°C": sky?.temperatureC.toFixed(1),
      "wind km/h": sky?.windKmh.toFixed(0),
      "rain mm/h": sky?.precipMmH.toFixed(1),
      "snow mm": ground?.snowMm.toFixed(0),
      river: ground?.riverLevel.toFixed(2),
    }));
    printRows(rows, options.json);
  });

const forecast = edgeCommand("forecast", "what comes in a region")
  .argument("<region>", "region id")
  .option("--hours <n>", "1..168", whole(1, 168), 24)
  .action(async (regionId: string, options: EdgeOptions & { hours: number }) => {
    const { world, client } = await openEdge(options);
    const { hours } = await client(WeatherService).getForecast({
      worldId: world,
      regionId,
      hours: options.hours,
    });
    const rows = hours.map(({ atGs, condition, wetProbability, temperatureC }) => ({
      at: gameClock(atGs),
      condition: nameOf(condition),
      "wet %": (wetProbability * 100).toFixed(0),
      "°C p10": temperatureC?.p10.toFixed(1),
      p50: temperatureC?.p50.toFixed(1),
      p90: temperatureC?.p90.toFixed(1),
    }));
    printRows(rows, options.json);
  });

export const weather = new Command("weather").description("The weather of a world.");
for (const command of [now, forecast]) weather.addCommand(command);
