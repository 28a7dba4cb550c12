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

/** A number stays one: JSON lines are for programs. */
const rounded = (value: number | undefined, digits: number) =>
  value === undefined ? undefined : Number(value.toFixed(digits));

const now = edgeCommand("now", "the weather of every region, or of those named")
  .argument("[region...]", "region ids")
  .action(async (regionIds: string[], options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const { regions } = await client(WeatherService).getWeather({ worldId: world, regionIds });
    const rows = regions.map(({ regionId, sky, ground }) => ({
      region: regionId,
      condition: nameOf(sky?.condition),
      "°C": rounded(sky?.temperatureC, 1),
      "wind km/h": rounded(sky?.windKmh, 0),
      "rain mm/h": rounded(sky?.precipMmH, 1),
      "snow mm": rounded(ground?.snowMm, 0),
      river: rounded(ground?.riverLevel, 2),
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
      "wet %": rounded(wetProbability * 100, 0),
      "°C p10": rounded(temperatureC?.p10, 1),
      p50: rounded(temperatureC?.p50, 1),
      p90: rounded(temperatureC?.p90, 1),
    }));
    printRows(rows, options.json);
  });

export const weather = new Command("weather").description("The weather of a world.");
for (const command of [now, forecast]) weather.addCommand(command);
