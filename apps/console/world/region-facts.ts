import { figuresOf, figureText } from "@orrery/client/figures";
import { type GroundConditionsChanged, WeatherChanged } from "@orrery/schema/weather/v1";
import { capital, compass } from "../data/words.ts";

/** What it is called, and how it is. */
export type Fact = readonly [name: string, value: string];

/** Measures that are told in words of their own, or elsewhere on the card; any other is told by its name and unit. */
const IN_WORDS: { readonly [K in keyof WeatherChanged]?: ((sky: WeatherChanged) => Fact) | "elsewhere" } = {
  intensity: "elsewhere",
  temperatureC: "elsewhere",
  windDirDeg: "elsewhere",
  thunder: "elsewhere",
  feelsLikeC: ({ feelsLikeC }) => ["Feels like", `${feelsLikeC.toFixed(0)} °C`],
  windKmh: ({ windKmh, windDirDeg }) => ["Wind", `${windKmh.toFixed(0)} km/h from ${compass(windDirDeg)}`],
  precipMmH: ({ precipMmH }) => ["Falling", precipMmH < 0.05 ? "nothing" : `${precipMmH.toFixed(1)} mm/h`],
  visibilityM: ({ visibilityM }) => [
    "Sight",
    visibilityM >= 1000 ? `${(visibilityM / 1000).toFixed(0)} km` : `${visibilityM.toFixed(0)} m`,
  ],
};

/** What the sky is like, measure by measure, as the contract has them. */
export function skyFacts(sky: WeatherChanged | undefined): Fact[] {
  const blank = sky === undefined;
  const told = sky ?? WeatherChanged.decode(new Uint8Array());
  return figuresOf(WeatherChanged, told).flatMap((figure) => {
    const words = IN_WORDS[figure.field as keyof WeatherChanged];
    if (words === "elsewhere") return [];
    const [name, value] = words?.(told) ?? [capital(figure.name), figureText(figure)];
    return [[name, blank ? "–" : value] as const];
  });
}

export function groundFacts(ground: GroundConditionsChanged | undefined): Fact[] {
  const fact = (name: string, value: (known: GroundConditionsChanged) => string): Fact => [
    name,
    ground === undefined ? "–" : value(ground),
  ];
  return [
    fact("Snow lies", ({ snowMm }) => `${(snowMm / 10).toFixed(0)} cm`),
    fact("Ground", ({ wetness }) => `${(wetness * 100).toFixed(0)} % wet`),
    fact("River", ({ riverLevel }) => `${(riverLevel * 100).toFixed(0)} % of its banks`),
  ];
}
