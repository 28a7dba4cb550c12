import { randomUUID } from "node:crypto";
import { Argument, Command, Option } from "commander";
import { figuresOf } from "@orrery/client/figures";
import { TimeService } from "@orrery/schema/time/v1";
import { Condition, WeatherChanged, WeatherService } from "@orrery/schema/weather/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { EXIT } from "../exit.ts";
import { decimal, duration, whole } from "../numbers.ts";
import { gameClock, printRows } from "../print.ts";

const HOUR_GS = 3_600;
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

const ordered = Object.keys(Condition)
  .filter((name) => Condition[name as keyof typeof Condition] !== Condition.UNSPECIFIED)
  .map((name) => name.toLowerCase().replaceAll("_", "-"));

const order = edgeCommand("order", "lets a weather come over regions, and go again")
  .addArgument(new Argument("<condition>", "what the sky is to be").choices(ordered))
  .argument("<region...>", "region ids")
  .addOption(
    new Option("--for <span>", "how long, like 12h or 3d").argParser(duration).default(12 * HOUR_GS, "12h"),
  )
  .option("--intensity <share>", "0 to 1", decimal(0, 1), 0.8)
  .option("--reason <text>", "what it is for", "ordered by hand")
  .action(
    async (
      condition: string,
      regionIds: string[],
      options: EdgeOptions & { for: number; intensity: number; reason: string },
    ) => {
      const name = condition.toUpperCase().replaceAll("-", "_");
      const { world, client } = await openEdge(options);
      const { now: clock } = await client(TimeService).getClock({ worldId: world });
      const fromGs = clock?.atGs ?? 0;
      const { overrideIds } = await client(WeatherService).setOverride({
        ...{ worldId: world, idempotencyKey: randomUUID(), regionIds, intensity: options.intensity },
        condition: Condition[name as keyof typeof Condition],
        ...{ fromGs, untilGs: fromGs + options.for, reason: options.reason },
      });
      const until = gameClock(fromGs + options.for);
      printRows(
        overrideIds.map((id, at) => ({ order: id, region: regionIds[at] ?? "", until })),
        options.json,
      );
    },
  );

const orders = edgeCommand("orders", "weather that was ordered and is not over").action(
  async (options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const { overrides } = await client(WeatherService).listOverrides({ worldId: world });
    printRows(
      overrides.map(({ regionId, override, inForce }) => ({
        ...{ order: override?.id ?? "", region: regionId, condition: nameOf(override?.condition) },
        ...{ until: gameClock(override?.untilGs ?? 0), "in force": inForce ? "yes" : "no" },
        reason: override?.reason ?? "",
      })),
      options.json,
    );
  },
);

const clear = edgeCommand("clear", "ends weather that was ordered: the sky is its own again")
  .argument("<order...>", "as `weather orders` names them")
  .action(async (overrideIds: string[], options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const asked = { worldId: world, idempotencyKey: randomUUID(), overrideIds, reason: "cleared by hand" };
    const { cleared } = await client(WeatherService).clearOverride(asked);
    printRows([{ cleared }], options.json);
    if (cleared === overrideIds.length) return;
    console.error("Not all of these were there: `orrery weather orders` lists those that are not over.");
    process.exitCode = EXIT.fail;
  });

export const weather = new Command("weather").description("The weather of a world.");
for (const command of [now, forecast, order, orders, clear]) weather.addCommand(command);
