import { AlertLevel } from "@orrery/schema/weather/v1";
import { word } from "../../data/words.ts";
import { BORDERS } from "../../map/draw-warnings.ts";
import { Sign } from "./sign.tsx";

const LEVELS = [AlertLevel.WATCH, AlertLevel.ADVISORY, AlertLevel.WARNING, AlertLevel.EMERGENCY];

/** What falls, and how regions are marked that are warned of it. */
export function WeatherItems() {
  return (
    <>
      <Sign means="rain">
        <path d="M6 3l2 6M14 5l2 6M21 3l2 6" stroke="#bcd2e2" />
      </Sign>
      <Sign means="storm, heavy rain">
        <path d="M3 1l4 13M8 1l4 13M13 1l4 13M18 1l4 13M23 1l4 13" stroke="#cfe2f0" strokeWidth="1.5" />
      </Sign>
      <Sign means="snow">
        <path d="M6 5h.01M14 10h.01M22 5h.01" stroke="#f2f5fa" strokeWidth="2.6" strokeLinecap="round" />
      </Sign>
      <Sign means="blizzard">
        <path
          d="M3 4l4 2M10 3l4 2M18 4l4 2M5 9l4 2M13 8l4 2M20 10l4 2M9 13l4 1"
          stroke="#fff"
          strokeWidth="2.2"
          strokeLinecap="round"
        />
      </Sign>
      {LEVELS.map((level) => {
        const border = BORDERS[level];
        return (
          <Sign key={level} means={word(AlertLevel, level)}>
            {border !== undefined && border.hatch !== "none" && (
              <path d="M3 14l5-6M10 14l5-6M17 14l5-6" stroke={border.colour} />
            )}
            {border?.hatch === "crossed" && <path d="M3 8l5 6M10 8l5 6M17 8l5 6" stroke={border.colour} />}
            <path d="M1 7h26" stroke={border?.colour} strokeWidth="2" strokeDasharray={border?.dash.join()} />
            {border?.lines === 2 && <path d="M1 3h26" stroke={border.colour} strokeWidth="2" />}
          </Sign>
        );
      })}
    </>
  );
}
