import { useEffect, useState } from "react";
import { Phase } from "@orrery/schema/time/v1";
import { dateAt } from "../data/calendar.ts";
import { go, usePlace } from "../data/link.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import { capital, hourOf, word } from "../data/words.ts";
import { SkyArc } from "./sky-arc.tsx";
import { setRate, skipToPhase, togglePause } from "./clock-acts.ts";

const RATES = [60, 600, 3_600];

/** The world's time: now, or the moment of the past that is looked at. */
export function TimeBar({ valley }: { readonly valley: Valley }) {
  const place = usePlace();
  const pack = useObservable(valley.pack);
  const phase = useObservable(valley.phase);
  const [liveGs, setLiveGs] = useState(() => valley.world.clock.nowGs());
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && setLiveGs(valley.world.clock.nowGs()), 250);
    return () => clearInterval(timer);
  }, [valley]);

  const adjusted = valley.world.clock.adjusted;
  const past = place.at !== undefined;
  const atGs = place.at ?? liveGs;
  const calendar = pack?.calendar;
  const date = calendar && Number.isFinite(atGs) ? dateAt(calendar, atGs) : undefined;
  const next = RATES[(RATES.indexOf(adjusted?.rate ?? 60) + 1) % RATES.length] ?? 60;
  const adminHint = valley.isAdmin ? undefined : "For admins: open the address that `npm start` printed";

  return (
    <header className={past ? "bar past" : "bar"}>
      <span className="brand warm">Orrery</span>
      <div className="date">
        <b>{date === undefined ? "…" : `${date.weekday}, ${date.day} ${date.month}`}</b>
        <span>
          {date === undefined ? "" : `${date.season} of ${date.year}${date.era === "" ? "" : ` ${date.era}`}`}
          {past ? " · the past" : phase === undefined ? "" : ` · ${word(Phase, phase.to)}`}
        </span>
      </div>
      {calendar && Number.isFinite(atGs) && (
        <SkyArc
          calendar={calendar}
          atGs={atGs}
          liveGs={liveGs}
          past={past}
          onPick={(gs) => go({ at: gs === undefined ? undefined : Math.floor(gs) }, true)}
        />
      )}
      <output className={past ? "clock cool" : "clock"} aria-label="time of day">
        {hourOf(atGs)}
      </output>
      <div className="acts">
        {past ? (
          <button type="button" className="chip key" onClick={() => go({ at: undefined }, true)}>
            Back to now
          </button>
        ) : (
          <button
            type="button"
            className="chip key"
            disabled={!valley.isAdmin}
            title={adminHint}
            aria-pressed={adjusted?.paused ?? false}
            onClick={() => void togglePause(valley)}
          >
            {adjusted?.paused ? `Held by ${adjusted.holds.join(", ") || capital("a skip")}` : "Pause"}
          </button>
        )}
        <button
          type="button"
          className="chip"
          disabled={!valley.isAdmin}
          title={adminHint ?? `Game seconds per real second; next ${next}`}
          onClick={() => void setRate(valley, next)}
        >
          {adjusted?.rate ?? "…"}×
        </button>
        <button
          type="button"
          className="chip"
          disabled={!valley.isAdmin}
          title={adminHint}
          onClick={() => void skipToPhase(valley, Phase.DAWN)}
        >
          Skip to dawn
        </button>
      </div>
    </header>
  );
}
