import { type ComponentType, lazy, Suspense, useEffect, useState } from "react";
import { go, href, usePlace } from "../data/link.ts";
import { type Room, ROOMS, roomsFor } from "../data/rooms.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import { capital } from "../data/words.ts";
import { Palette } from "../palette/palette.tsx";
import { Ticker } from "../ticker/ticker.tsx";
import { TimeBar } from "../time-bar/time-bar.tsx";
import { togglePause } from "../time-bar/clock-acts.ts";
import { WorldRoom } from "../world/world-room.tsx";
import { Icon } from "./icons.tsx";
import { KeySheet } from "./key-sheet.tsx";
import { isTaken } from "./keys.ts";

const OTHERS: Readonly<Record<Exclude<Room, "world">, ComponentType<{ readonly valley: Valley }>>> = {
  stream: lazy(async () => ({ default: (await import("../stream/stream-room.tsx")).StreamRoom })),
  why: lazy(async () => ({ default: (await import("../why/why-room.tsx")).WhyRoom })),
  services: lazy(async () => ({ default: (await import("../services/services-room.tsx")).ServicesRoom })),
  state: lazy(async () => ({ default: (await import("../state/state-room.tsx")).StateRoom })),
  letters: lazy(async () => ({ default: (await import("../letters/letters-room.tsx")).LettersRoom })),
  webhooks: lazy(async () => ({ default: (await import("../webhooks/webhooks-room.tsx")).WebhooksRoom })),
  frames: lazy(async () => ({
    default: (await import("../frames/frames-room.tsx")).FramesRoom,
  })),
  workflows: lazy(async () => ({ default: (await import("../workflows/workflows-room.tsx")).WorkflowsRoom })),
  worlds: lazy(async () => ({ default: (await import("../worlds/worlds-room.tsx")).WorldsRoom })),
  market: lazy(async () => ({ default: (await import("../market/market-room.tsx")).MarketRoom })),
  factions: lazy(async () => ({ default: (await import("../factions/factions-room.tsx")).FactionsRoom })),
  engines: lazy(async () => ({ default: (await import("../engines/engines-room.tsx")).EnginesRoom })),
  walk: lazy(async () => ({ default: (await import("../walk/walk-room.tsx")).WalkRoom })),
  players: lazy(async () => ({ default: (await import("../players/players-room.tsx")).PlayersRoom })),
  ledger: lazy(async () => ({ default: (await import("../ledger/ledger-room.tsx")).LedgerRoom })),
  flags: lazy(async () => ({ default: (await import("../flags/flags-room.tsx")).FlagsRoom })),
  routes: lazy(async () => ({ default: (await import("../routes/routes-room.tsx")).RoutesRoom })),
  options: lazy(async () => ({ default: (await import("../options/options-room.tsx")).OptionsRoom })),
  people: lazy(async () => ({ default: (await import("../people/people-room.tsx")).PeopleRoom })),
};

/** The page around the rooms: time above, rooms beside, the ticker below. */
export function Shell({ valley }: { readonly valley: Valley }) {
  const place = usePlace();
  const forkedFrom = useObservable(valley.forkedFrom);
  const Other = place.room === "world" ? undefined : OTHERS[place.room];
  const [sheet, setSheet] = useState<"palette" | "keys" | undefined>();

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "k") {
        event.preventDefault();
        setSheet("palette");
        return;
      }
      if (isTaken(event)) return;
      const room = ROOMS[Number(event.key) - 1];
      if (room !== undefined) go({ room, filter: "" });
      else if (event.key === "?") setSheet("keys");
      else if (event.key === " ") {
        event.preventDefault();
        void togglePause(valley).catch(() => {});
      } else if (event.key === "Escape") go({ region: undefined, at: undefined }, true);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [valley]);

  return (
    <div className={forkedFrom === undefined ? "shell" : "shell fork"}>
      <TimeBar valley={valley} />
      <nav className="rail" aria-label="Rooms">
        {roomsFor(valley).map((room) => (
          <a
            key={room}
            href={href({ room, filter: "" })}
            aria-current={place.room === room ? "page" : undefined}
            onClick={(event) => {
              event.preventDefault();
              go({ room, filter: "" });
            }}
          >
            <Icon name={room} />
            {capital(room)}
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
          {Other !== undefined && <Other valley={valley} />}
        </Suspense>
      </main>
      <Ticker valley={valley} />
      {sheet === "palette" && <Palette valley={valley} onClose={() => setSheet(undefined)} />}
      {sheet === "keys" && <KeySheet onClose={() => setSheet(undefined)} />}
    </div>
  );
}
