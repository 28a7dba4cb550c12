import type { ForecastHour } from "@orrery/schema/weather/v1";
import { hourOf } from "../data/words.ts";
import type { Outlook } from "./outlook.ts";

const WIDTH = 312;
const HEIGHT = 150;
const RAIN_HEIGHT = 34;
const PAD = 22;
const WARM = "#e0b96a";
const COOL = "#86bdd0";

type Point = readonly [gs: number, celsius: number];

/**
 * What came (a line), what is expected (warm) and what had been expected (cool): of each the likeliest, and the
 * band that holds four of five outcomes.
 */
export function ForecastFan({ outlook, atGs }: { readonly outlook: Outlook; readonly atGs: number }) {
  const { came, expected, hadExpected } = outlook;
  const forecasts = [...hadExpected, ...expected];
  const times = [atGs, ...came.map((sample) => sample.atGs), ...forecasts.map((hour) => hour.atGs)];
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const values = [
    ...came.map(({ temperatureC }) => temperatureC),
    ...forecasts.flatMap(({ temperatureC }) => [temperatureC?.p10 ?? 0, temperatureC?.p90 ?? 0]),
  ];
  if (values.length === 0) return <p className="soft">Nothing is kept of these days.</p>;
  const [least, most] = [Math.floor(Math.min(...values) - 1), Math.ceil(Math.max(...values) + 1)];
  const x = (gs: number) => PAD + ((gs - first) / Math.max(1, last - first)) * (WIDTH - PAD);
  const y = (celsius: number) => 8 + (1 - (celsius - least) / Math.max(1, most - least)) * (HEIGHT - 20);
  const line = (points: readonly Point[]) =>
    points
      .map(([gs, value], i) => `${i === 0 ? "M" : "L"}${x(gs).toFixed(1)} ${y(value).toFixed(1)}`)
      .join("");

  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT + RAIN_HEIGHT}`}
      role="img"
      aria-label={inWords(outlook, least, most)}
      width="100%"
    >
      {[least, (least + most) / 2, most].map((celsius) => (
        <g key={celsius}>
          <line x1={PAD} x2={WIDTH} y1={y(celsius)} y2={y(celsius)} stroke="#2a2721" />
          <text x="0" y={y(celsius) + 3} fontSize="10" fill="#8f8672">
            {celsius.toFixed(0)}°
          </text>
        </g>
      ))}
      <Fan hours={hadExpected} colour={COOL} line={line} />
      <Fan hours={expected} colour={WARM} line={line} />
      <path
        d={line(came.map(({ atGs: gs, temperatureC }) => [gs, temperatureC] as const))}
        fill="none"
        stroke="#ece4d2"
        strokeWidth="1.8"
      />
      <line x1={x(atGs)} x2={x(atGs)} y1="4" y2={HEIGHT + RAIN_HEIGHT} stroke={WARM} opacity=".6" />
      {came.map(({ atGs: gs, precipMmH }) => (
        <Rain key={gs} x={x(gs)} share={precipMmH / 5} opacity={1} />
      ))}
      {expected.map(({ atGs: gs, wetProbability }) => (
        <Rain key={gs} x={x(gs)} share={wetProbability} opacity={0.35 + wetProbability * 0.4} />
      ))}
    </svg>
  );
}

function Fan(props: {
  readonly hours: readonly ForecastHour[];
  readonly colour: string;
  readonly line: (points: readonly Point[]) => string;
}) {
  const { hours, colour, line } = props;
  const at = (pick: "p10" | "p50" | "p90") =>
    hours.map(({ atGs, temperatureC }) => [atGs, temperatureC?.[pick] ?? 0] as const);
  if (hours.length === 0) return null;
  return (
    <>
      <path
        d={`${line(at("p90"))}${line(at("p10").reverse()).replace("M", "L")}Z`}
        fill={colour}
        opacity=".2"
      />
      <path d={line(at("p50"))} fill="none" stroke={colour} strokeWidth="1.5" strokeDasharray="3 2" />
    </>
  );
}

function Rain({
  x,
  share,
  opacity,
}: {
  readonly x: number;
  readonly share: number;
  readonly opacity: number;
}) {
  const height = Math.min(1, share) * (RAIN_HEIGHT - 6);
  return (
    <rect x={x} width="3" y={HEIGHT + RAIN_HEIGHT - height} height={height} fill={COOL} opacity={opacity} />
  );
}

function inWords({ expected, hadExpected, came }: Outlook, least: number, most: number): string {
  const range = `${least} to ${most} degrees`;
  const [first, ...rest] = expected;
  if (first !== undefined) {
    const wettest = rest.reduce(
      (best, hour) => (hour.wetProbability > best.wetProbability ? hour : best),
      first,
    );
    return `${range}; rain or snow likeliest at ${hourOf(wettest.atGs)}, ${(wettest.wetProbability * 100).toFixed(0)} %`;
  }
  const within = came.filter(({ atGs, temperatureC }) => {
    const said = hadExpected.find((hour) => hour.atGs === atGs)?.temperatureC;
    return said !== undefined && temperatureC >= said.p10 && temperatureC <= said.p90;
  }).length;
  const told = came.filter(({ atGs }) => hadExpected.some((hour) => hour.atGs === atGs)).length;
  return told === 0 ? range : `${range}; ${within} of ${told} hours came within the band that was expected`;
}
