import { lazy, Suspense, useEffect, useState } from "react";
import { go, href, type Room, usePlace } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { Palette } from "../palette/palette.tsx";
import { Ticker } from "../ticker/ticker.tsx";
import { TimeBar } from "../time-bar/time-bar.tsx";
import { togglePause } from "../time-bar/clock-acts.ts";
import { WorldRoom } from "../world/world-room.tsx";
import { Icon } from "./icons.tsx";
import { KeySheet } from "./key-sheet.tsx";

const StreamRoom = lazy(() =>
  import("../stream/stream-room.tsx").then((module) => ({ default: module.StreamRoom })),
);
const WhyRoom = lazy(() => import("../why/why-room.tsx").then((module) => ({ default: module.WhyRoom })));
const ServicesRoom = lazy(() =>
  import("../services/services-room.tsx").then((module) => ({ default: module.ServicesRoom })),
);

const StateRoom = lazy(() =>
  import("../state/state-room.tsx").then((module) => ({ default: module.StateRoom })),
);

const ROOMS: readonly { readonly room: Room; readonly title: string; readonly key: string }[] = [
  { room: "world", title: "World", key: "1" },
  { room: "stream", title: "Stream", key: "2" },
  { room: "why", title: "Why", key: "3" },
  { room: "services", title: "Services", key: "4" },
  { room: "state", title: "State", key: "5" },
];

/** The page around the rooms: time above, rooms beside, the ticker below. */
export function Shell({ valley }: { readonly valley: Valley }) {
  const place = usePlace();
  const [sheet, setSheet] = useState<"palette" | "keys" | undefined>();

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "k") {
        event.preventDefault();
        setSheet("palette");
        return;
      }
      if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
      const room = ROOMS.find(({ key }) => key === event.key);
      if (room !== undefined) go({ room: room.room });
      else if (event.key === "?") setSheet("keys");
      else if (event.key === " ") {
        event.preventDefault();
        void togglePause(valley);
      } else if (event.key === "Escape") go({ region: undefined, at: undefined }, true);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [valley]);

  return (
    <div className="shell">
      <TimeBar valley={valley} />
      <nav className="rail" aria-label="Rooms">
        {ROOMS.map(({ room, title }) => (
          <a
            key={room}
            href={href({ room })}
            aria-current={place.room === room ? "page" : undefined}
            onClick={(event) => {
              event.preventDefault();
              go({ room });
            }}
          >
            <Icon name={room} />
            {title}
          </a>
        ))}
        <span className="grow" />
        <a
          href="#keys"
          onClick={(event) => {
            event.preventDefault();
            setSheet("keys");
          }}
        >
          <Icon name="help" />
          Keys
        </a>
      </nav>
      <main>
        {place.room === "world" && <WorldRoom valley={valley} />}
        <Suspense fallback={<p className="empty room">Opening…</p>}>
          {place.room === "stream" && <StreamRoom valley={valley} />}
          {place.room === "why" && <WhyRoom valley={valley} />}
          {place.room === "services" && <ServicesRoom valley={valley} />}
          {place.room === "state" && <StateRoom valley={valley} />}
        </Suspense>
      </main>
      <Ticker valley={valley} />
      {sheet === "palette" && <Palette valley={valley} onClose={() => setSheet(undefined)} />}
      {sheet === "keys" && <KeySheet onClose={() => setSheet(undefined)} />}
    </div>
  );
}
