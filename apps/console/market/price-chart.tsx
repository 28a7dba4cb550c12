import type { PriceAt } from "@orrery/schema/world/v1";
import { dayAndHour } from "../data/words.ts";
import { price } from "./figures.ts";
import type { Mark } from "./marks.ts";

const WIDTH = 312;
const HEIGHT = 140;
const PAD = 30;
const WARM = "#e0b96a";
const COOL = "#86bdd0";

/** Prices over the last days, with what happened drawn on them. */
export function PriceChart({
  prices,
  base,
  marks,
}: {
  readonly prices: readonly PriceAt[];
  readonly base: number;
  readonly marks: readonly Mark[];
}) {
  const [first, last] = [prices[0], prices.at(-1)];
  if (first === undefined || last === undefined || first === last)
    return <p className="soft">An hour has to pass before there is a past to draw.</p>;
  const all = [...prices.map((one) => one.price), base];
  const [least, most] = [0.9 * Math.min(...all), 1.1 * Math.max(...all)];
  const x = (gs: number) => PAD + ((gs - first.atGs) / (last.atGs - first.atGs)) * (WIDTH - PAD);
  const y = (value: number) => 8 + (1 - (value - least) / Math.max(1e-9, most - least)) * (HEIGHT - 16);
  const path = prices
    .map((one, i) => `${i === 0 ? "M" : "L"}${x(one.atGs).toFixed(1)} ${y(one.price).toFixed(1)}`)
    .join("");
  const shown = marks.filter(({ atGs }) => atGs >= first.atGs && atGs <= last.atGs);
  const words = `From ${price(first.price)} on ${dayAndHour(first.atGs)} to ${price(last.price)}`;
  return (
    <>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words} width="100%">
        {[least, base, most].map((value) => (
          <g key={value}>
            <line
              x1={PAD}
              x2={WIDTH}
              y1={y(value)}
              y2={y(value)}
              stroke={value === base ? "#5a5342" : "#2a2721"}
              strokeDasharray={value === base ? "4 3" : undefined}
            />
            <text x="0" y={y(value) + 3} fontSize="10" fill="#8f8672">
              {price(value)}
            </text>
          </g>
        ))}
        {shown.map((mark, i) => (
          <g key={mark.id}>
            <line x1={x(mark.atGs)} x2={x(mark.atGs)} y1="4" y2={HEIGHT} stroke={COOL} opacity=".7" />
            <text x={x(mark.atGs) + 3} y="12" fontSize="10" fill={COOL}>
              {i + 1}
            </text>
          </g>
        ))}
        <path d={path} fill="none" stroke={WARM} strokeWidth="1.8" />
      </svg>
      {shown.length > 0 && (
        <ol className="marks">
          {shown.map(({ id, atGs, says }) => (
            <li key={id}>
              {says} <span className="soft">{dayAndHour(atGs)}</span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
