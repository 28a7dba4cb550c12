import { useObservable } from "../data/observable.ts";
import { go } from "../data/link.ts";
import { statusWords } from "../data/status-words.ts";
import { hourOf, wallClock } from "../data/words.ts";
import type { Valley } from "../data/valley.ts";

/** What happens, in words. */
export function Ticker({ valley }: { readonly valley: Valley }) {
  const [latest] = useObservable(valley.told);
  const status = useObservable(valley.status);
  const open = status.state === "open";
  return (
    <footer className="ticker">
      <span
        className={open ? "dot" : "dot lost"}
        role="img"
        aria-label={open ? "connected" : "connection lost"}
      />
      {!open && (
        <span>
          {status.state === "closed"
            ? statusWords(status)
            : `Connection lost since ${wallClock(status.sinceMs)}; coming back by itself.`}
        </span>
      )}
      {open && latest === undefined && <span>Listening to {valley.nameOf(valley.world.id)}…</span>}
      {open && latest !== undefined && (
        <>
          <time className="mono faint" title={wallClock(latest.event.timeMs)}>
            {hourOf(latest.atGs)}
          </time>
          <button
            type="button"
            className="line"
            onClick={() =>
              go({ room: "why", event: `${latest.event.id.publisher}/${latest.event.id.sequence}` })
            }
          >
            {latest.says}
          </button>
        </>
      )}
    </footer>
  );
}
