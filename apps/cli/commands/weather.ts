import { Command } from "commander";
import { figuresOf } from "@orrery/client/figures";
import { Condition, WeatherChanged, WeatherService } from "@orrery/schema/weather/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { whole } from "../numbers.ts";
import { gameClock, printRows } from "../print.ts";

const nameOf = (condition: number | undefined) =>
  Object.entries(Condition)
    .find(([, value]) => value === condition)?.[0]
    ?.toLowerCase()
    .replaceAll("_", " ");

const IN_FRONT: readonly string[] = [
  "temperatureC",
  "windKmh",
  "precipMmH",
] satisfies (keyof WeatherChanged)[];

/** A number stays one: JSON lines are for programs. */
const rounded = (value: number | undefined, digits: number) =>
  value === undefined ? undefined : Number(value.toFixed(digits));

/** Measures that the first columns leave out. */
function othersOf(told: WeatherChanged): Record<string, number | undefined> {
  const others = figuresOf(WeatherChanged, told).filter(({ field }) => !IN_FRONT.includes(field));
  return Object.fromEntries(
    others.map(({ name, unit, value }) => [`${name} ${unit}`.trimEnd(), rounded(value, 2)]),
  );
}

const now = edgeCommand("now", "the weather of every region, or of those named")
  .argument("[region...]", "region ids")
  .option("--all", "every measure of the sky; with --json they are always all there")
  .action(async (regionIds: string[], options: EdgeOptions & { all?: boolean }) => {
    const { world, client } = await openEdge(options);
    const { regions } = await client(WeatherService).getWeather({ worldId: world, regionIds });
    const rows = regions.map(({ regionId, told, ground }) => ({
      region: regionId,
      condition: nameOf(told?.condition),
      "°C": rounded(told?.temperatureC, 1),
      "wind km/h": rounded(told?.windKmh, 0),
      "rain mm/h": rounded(told?.precipMmH, 1),
      "snow mm": rounded(ground?.snowMm, 0),
      river: rounded(ground?.riverLevel, 2),
      ...((options.all || options.json) && told && othersOf(told)),
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
