import type { GetForecastResponse, HourSample } from "@orrery/schema/weather/v1";
import { hourOf } from "../data/words.ts";

const WIDTH = 312;
const HEIGHT = 150;
const RAIN_HEIGHT = 34;
const PAD = 22;

/** What came (a line), and what is expected: the likeliest, and the band that holds four of five outcomes. */
export function ForecastFan(props: {
  readonly forecast: GetForecastResponse;
  readonly history: readonly HourSample[];
  readonly nowGs: number;
}) {
  const { forecast, history, nowGs } = props;
  const first = history[0]?.atGs ?? nowGs;
  const last = forecast.hours.at(-1)?.atGs ?? nowGs;
  const values = [
    ...history.map((sample) => sample.temperatureC),
    ...forecast.hours.flatMap(({ temperatureC }) => [temperatureC?.p10 ?? 0, temperatureC?.p90 ?? 0]),
  ];
  const [least, most] = [Math.floor(Math.min(...values) - 1), Math.ceil(Math.max(...values) + 1)];
  const x = (gs: number) => PAD + ((gs - first) / Math.max(1, last - first)) * (WIDTH - PAD);
  const y = (celsius: number) => 8 + (1 - (celsius - least) / Math.max(1, most - least)) * (HEIGHT - 20);
  const line = (points: readonly (readonly [number, number])[]) =>
    points
      .map(([gs, value], i) => `${i === 0 ? "M" : "L"}${x(gs).toFixed(1)} ${y(value).toFixed(1)}`)
      .join("");
  const upper = forecast.hours.map(({ atGs, temperatureC }) => [atGs, temperatureC?.p90 ?? 0] as const);
  const lower = forecast.hours
    .map(({ atGs, temperatureC }) => [atGs, temperatureC?.p10 ?? 0] as const)
    .reverse();
  const middle = forecast.hours.map(({ atGs, temperatureC }) => [atGs, temperatureC?.p50 ?? 0] as const);
  const wettest = forecast.hours.reduce(
    (best, hour) => (hour.wetProbability > best.wetProbability ? hour : best),
    forecast.hours[0] as (typeof forecast.hours)[number],
  );
  const summary = `${least} to ${most} degrees; rain or snow likeliest at ${hourOf(wettest?.atGs)}, ${((wettest?.wetProbability ?? 0) * 100).toFixed(0)} %`;

  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + RAIN_HEIGHT}`} role="img" aria-label={summary} width="100%">
      {[least, (least + most) / 2, most].map((celsius) => (
        <g key={celsius}>
          <line x1={PAD} x2={WIDTH} y1={y(celsius)} y2={y(celsius)} stroke="#2a2721" />
          <text x="0" y={y(celsius) + 3} fontSize="10" fill="#8f8672">
            {celsius.toFixed(0)}°
          </text>
        </g>
      ))}
      <path d={`${line(upper)}${line(lower).replace("M", "L")}Z`} fill="#e0b96a" opacity=".2" />
      <path d={line(middle)} fill="none" stroke="#e0b96a" strokeWidth="1.5" strokeDasharray="3 2" />
      <path
        d={line(history.map(({ atGs, temperatureC }) => [atGs, temperatureC] as const))}
        fill="none"
        stroke="#ece4d2"
        strokeWidth="1.8"
      />
      <line x1={x(nowGs)} x2={x(nowGs)} y1="4" y2={HEIGHT + RAIN_HEIGHT} stroke="#e0b96a" opacity=".6" />
      {history.map(({ atGs, precipMmH }) => (
        <rect
          key={atGs}
          x={x(atGs)}
          width="3"
          y={HEIGHT + RAIN_HEIGHT - Math.min(RAIN_HEIGHT - 6, precipMmH * 6)}
          height={Math.min(RAIN_HEIGHT - 6, precipMmH * 6)}
          fill="#86bdd0"
        />
      ))}
      {forecast.hours.map(({ atGs, wetProbability }) => (
        <rect
          key={atGs}
          x={x(atGs)}
          width="3"
          y={HEIGHT + RAIN_HEIGHT - wetProbability * (RAIN_HEIGHT - 6)}
          height={wetProbability * (RAIN_HEIGHT - 6)}
          fill="#86bdd0"
          opacity={0.35 + wetProbability * 0.4}
        />
      ))}
    </svg>
  );
}
