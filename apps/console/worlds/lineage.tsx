import { useEffect, useRef, useState } from "react";
import { dayAndHour } from "../data/words.ts";

/** One world on the timeline. */
export interface Strand {
  readonly world: string;
  readonly title: string;
  readonly nowGs: number;
  /** Whose past it has; undefined: it began by itself. */
  readonly parent: string | undefined;
  /** Where it begins, game seconds. */
  readonly fromGs: number;
}

const ROW = 44;
const LEFT = 8;
/** A world that has only begun is seen too. */
const DOT = 14;
const DAY_GS = 86_400;

/** Worlds as strands over game time, forks where they leave their parents. A click on a strand chooses that moment. */
export function Lineage({
  strands,
  chosen,
  onMoment,
  onWorld,
}: {
  readonly strands: readonly Strand[];
  readonly chosen: readonly string[];
  onMoment(world: string, atGs: number): void;
  onWorld(world: string): void;
}) {
  const picture = useRef<SVGSVGElement>(null);
  const width = useWidth(picture);
  const rows = ordered(strands);
  const lastGs = Math.max(DAY_GS, ...rows.map(({ nowGs }) => nowGs));
  const x = (gs: number) => LEFT + (Math.max(0, width - 2 * LEFT - DOT) * Math.max(0, gs)) / lastGs;
  const y = (world: string) => rows.findIndex((row) => row.world === world) * ROW + ROW / 2;
  const days = Math.ceil(lastGs / DAY_GS);
  const step = Math.max(1, Math.ceil(days / 8));
  return (
    <div className="lineage">
      <ul>
        {rows.map((row) => (
          <li key={row.world} style={{ height: ROW }}>
            <button
              type="button"
              className="chip mono"
              aria-pressed={chosen.includes(row.world)}
              title={row.title}
              onClick={() => onWorld(row.world)}
            >
              {row.world}
            </button>
          </li>
        ))}
      </ul>
      <svg ref={picture} height={rows.length * ROW + 20} role="img" aria-label={inWords(rows)}>
        {Array.from({ length: Math.floor(days / step) + 1 }, (_, at) => at * step).map((day) => (
          <g key={day} className="day">
            <path d={`M${x(day * DAY_GS)} 0V${rows.length * ROW}`} />
            <text
              textAnchor={x(day * DAY_GS) > 0.9 * width ? "end" : "start"}
              x={x(day * DAY_GS) + (x(day * DAY_GS) > 0.9 * width ? -4 : 4)}
              y={rows.length * ROW + 14}
            >
              day {day}
            </text>
          </g>
        ))}
        {rows.map((row) => {
          const [from, to, own] = [x(row.fromGs), x(row.nowGs), y(row.world)];
          const above = row.parent === undefined ? own : y(row.parent);
          return (
            <g key={row.world} className={chosen.includes(row.world) ? "strand chosen" : "strand"}>
              {row.parent !== undefined && (
                <path d={`M${from} ${above}C${from} ${own} ${from} ${own} ${from + 12} ${own}`} />
              )}
              <path
                d={`M${row.parent === undefined ? from : from + 12} ${own}H${Math.max(to, from + DOT)}`}
              />
              <circle cx={Math.max(to, from + DOT)} cy={own} r="5" />
              <rect
                x={from}
                y={own - ROW / 2}
                width={Math.max(1, to - from)}
                height={ROW}
                onClick={({ currentTarget, clientX }) => {
                  const box = currentTarget.getBoundingClientRect();
                  const share = (clientX - box.left) / Math.max(1, box.width);
                  onMoment(row.world, row.fromGs + share * (row.nowGs - row.fromGs));
                }}
              />
            </g>
          );
        })}
      </svg>
    </div>
  );
}

/** Of an element on the screen, px; follows it. */
function useWidth(element: { readonly current: Element | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** Each fork below its parent. */
function ordered(strands: readonly Strand[]): Strand[] {
  const below = (parent: string | undefined): Strand[] =>
    strands.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.world)]);
  const rows = below(undefined);
  // A parent that runs here no more: its forks stand by themselves.
  return [
    ...rows,
    ...strands.filter((one) => !rows.includes(one)).map((one) => ({ ...one, parent: undefined })),
  ];
}

const inWords = (rows: readonly Strand[]) =>
  rows
    .map(({ world, nowGs, parent, fromGs }) =>
      parent === undefined
        ? `${world} is at ${dayAndHour(nowGs)}`
        : `${world} left ${parent} at ${dayAndHour(fromGs)} and is at ${dayAndHour(nowGs)}`,
    )
    .join("; ");
