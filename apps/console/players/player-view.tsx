import type { Valley } from "../data/valley.ts";
import { EraseForm } from "../state/erase-form.tsx";
import { ContentTable } from "./content-table.tsx";
import { MoneyView } from "./money-view.tsx";
import { PlayerSessions } from "./player-sessions.tsx";
import { SettingsTable } from "./settings-table.tsx";
import { TierView } from "./tier-view.tsx";

/** Everything that is kept about one person, a part for each service that keeps some. */
export function PlayerView({ valley, player }: { readonly valley: Valley; readonly player: string }) {
  return (
    <article className="service" aria-label={player}>
      <h2 className="mono">{player}</h2>
      <PlayerSessions valley={valley} player={player} />
      <TierView valley={valley} player={player} />
      <ContentTable valley={valley} player={player} />
      <SettingsTable valley={valley} player={player} />
      <MoneyView valley={valley} player={player} />
      <h3>Erase</h3>
      <EraseForm valley={valley} player={player} onErased={() => {}} />
    </article>
  );
}
