import type { Calendar } from "@orrery/schema/world/v1";
import { useRef } from "react";
import { dayOfYearAt, sunAt } from "../map/sun.ts";

const WIDTH = 480;
const HEIGHT = 56;
const HORIZON = 34;
const DAY_GS = 86_400;

/** The sun and the moon on their arcs over the day; drag along it to look at the hours that have gone. */
export function SkyArc(props: {
  readonly calendar: Calendar;
  readonly atGs: number;
  readonly liveGs: number;
  readonly past: boolean;
  readonly onPick: (atGs: number | undefined) => void;
}) {
  const { calendar, atGs, liveGs, past, onPick } = props;
  const svg = useRef<SVGSVGElement>(null);
  // The day that is looked at, which need not be today.
  const dayStart = Math.floor(atGs / DAY_GS) * DAY_GS;
  const dayOfYear = dayOfYearAt(calendar, atGs);
  const y = (gs: number) => HORIZON - (sunAt(calendar, dayOfYear, gs).elevationDeg / 70) * 26;
  const x = (gs: number) => ((gs - dayStart) / DAY_GS) * WIDTH;
  const path = Array.from(
    { length: 97 },
    (_, i) =>
      `${i === 0 ? "M" : "L"}${((i / 96) * WIDTH).toFixed(1)} ${y(dayStart + (i / 96) * DAY_GS).toFixed(1)}`,
  ).join("");
  const moon = calendar.moons[0];
  const turn = moon === undefined ? 0 : ((((atGs + moon.offsetS) / moon.cycleS) % 1) + 1) % 1;
  const moonGs = atGs - turn * DAY_GS;

  const pick = (clientX: number) => {
    const box = svg.current?.getBoundingClientRect();
    if (box === undefined) return;
    const gs = dayStart + Math.min(1, Math.max(0, (clientX - box.left) / box.width)) * DAY_GS;
    onPick(gs >= liveGs - 60 ? undefined : gs);
  };

  return (
    <svg
      ref={svg}
      className="arc"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="slider"
      tabIndex={0}
      aria-label="Hours of the day; drag back to see the past"
      aria-valuemin={0}
      aria-valuemax={24}
      aria-valuenow={Math.round(((atGs - dayStart) / DAY_GS) * 24)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        pick(event.clientX);
      }}
      onPointerMove={(event) => event.buttons === 1 && pick(event.clientX)}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") onPick(atGs - 900);
        if (event.key === "ArrowRight") onPick(atGs + 900 >= liveGs ? undefined : atGs + 900);
      }}
    >
      <line x1="0" x2={WIDTH} y1={HORIZON} y2={HORIZON} stroke="#4a4438" />
      {[6, 12, 18].map((hour) => (
        <line
          key={hour}
          x1={(hour / 24) * WIDTH}
          x2={(hour / 24) * WIDTH}
          y1={HORIZON - 3}
          y2={HORIZON + 3}
          stroke="#6b624f"
        />
      ))}
      <path d={path} fill="none" stroke="#8a6a2c" strokeWidth="1.2" opacity=".9" />
      {liveGs < dayStart + DAY_GS && (
        <line
          x1={x(liveGs)}
          x2={x(liveGs)}
          y1="4"
          y2={HEIGHT - 4}
          stroke={past ? "#6b624f" : "#e0b96a55"}
          strokeDasharray="2 3"
        />
      )}
      <ellipse
        cx={(((x(atGs) - turn * WIDTH) % WIDTH) + WIDTH) % WIDTH}
        cy={y(moonGs)}
        rx="4.5"
        ry="4.5"
        fill="#c9d6dc"
        opacity=".75"
      />
      <ellipse cx={x(atGs)} cy={y(atGs)} rx="7" ry="7" fill={past ? "#86bdd0" : "#e8bd63"} />
    </svg>
  );
}
