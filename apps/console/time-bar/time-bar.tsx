import { useEffect } from "react";
import { Phase } from "@orrery/schema/time/v1";
import { useAct } from "../data/act.ts";
import { dateAt } from "../data/calendar.ts";
import { go, usePlace } from "../data/link.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import { hourOf, word } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";
import { WorldSwitch } from "../shell/world-switch.tsx";
import { SkyArc } from "./sky-arc.tsx";
import { setRate, skipToPhase } from "./clock-acts.ts";
import { Holds } from "./holds.tsx";
import { useClock } from "./use-clock.ts";

const RATES = [60, 600, 3_600];

/** The world's time: now, or the moment of the past that is looked at. */
export function TimeBar({ valley }: { readonly valley: Valley }) {
  const place = usePlace();
  const pack = useObservable(valley.pack);
  const phase = useObservable(valley.phase);
  const { liveGs, adjusted } = useClock(valley);
  const act = useAct();

  // Only the map shows the past; what the other rooms list is of now.
  const past = place.room === "world" && place.at !== undefined && place.at < liveGs;
  const atGs = past ? (place.at as number) : liveGs;
  const calendar = pack?.calendar;
  const date = calendar && Number.isFinite(atGs) ? dateAt(calendar, atGs) : undefined;
  const next = RATES[(RATES.indexOf(adjusted?.rate ?? 60) + 1) % RATES.length] ?? 60;
  const adminHint = valley.isAdmin ? undefined : "For admins: open the address that `npm start` printed";
  const does = (what: () => Promise<void>) => () => void act.run(async () => (await what(), ""));

  useEffect(() => {
    // What has not happened yet is no past.
    if (place.at !== undefined && Number.isFinite(liveGs) && place.at >= liveGs) go({ at: undefined }, true);
  }, [place.at, liveGs]);

  return (
    <header className={past ? "bar past" : "bar"}>
      <span className="brand warm">Orrery</span>
      <WorldSwitch valley={valley} />
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
          <Holds
            adjusted={adjusted}
            disabled={!valley.isAdmin || act.busy}
            hint={adminHint}
            act={does}
            valley={valley}
          />
        )}
        <button
          type="button"
          className="chip"
          disabled={!valley.isAdmin}
          title={adminHint ?? `Game seconds per real second; next ${next}`}
          onClick={does(() => setRate(valley, next))}
        >
          {adjusted?.rate ?? "…"}×
        </button>
        <button
          type="button"
          className="chip"
          disabled={!valley.isAdmin}
          title={adminHint}
          onClick={does(() => skipToPhase(valley, Phase.DAWN))}
        >
          Skip to dawn
        </button>
        {act.said !== "" && <Outcome act={act} />}
      </div>
    </header>
  );
}
