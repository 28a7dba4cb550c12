import type { FormEvent } from "react";
import { useAsk } from "../data/ask.ts";
import { usePlace } from "../data/link.ts";
import { goTerms, readTerms } from "../data/terms.ts";
import type { Valley } from "../data/valley.ts";
import { ForAdmins } from "../shell/for-admins.tsx";
import { allSessions } from "./sessions.ts";
import { PlayerView } from "./player-view.tsx";

/** One player: who is in, what they may use, what holds for them and why, what they have. */
export function PlayersRoom({ valley }: { readonly valley: Valley }) {
  const terms = readTerms(usePlace().filter);
  const { answer, problem } = useAsk("players", async () =>
    valley.isAdmin ? allSessions(valley) : undefined,
  );
  const player = terms["player"] ?? "";
  const online = [...new Set(answer?.sessions.map(({ playerId }) => playerId).filter(isPlayer))].sort();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    goTerms(terms, { player: String(new FormData(event.currentTarget).get("player") ?? "").trim() });
  }

  if (!valley.isAdmin)
    return (
      <section className="room">
        <ForAdmins what="Players are" />
      </section>
    );
  return (
    <section className="room">
      <header>
        <div>
          <h1>Players</h1>
          <p>
            {problem !== undefined
              ? `No answer: ${problem}`
              : `${answer?.isAll === false ? "More than " : ""}${online.length} are in. Name one to see what holds for them, and why.`}
          </p>
        </div>
      </header>
      <div className="scroll" tabIndex={0} aria-label="Players">
        <form className="acts" onSubmit={submit} key={player}>
          <input
            className="find"
            name="player"
            list="online"
            defaultValue={player}
            placeholder="player:ada"
            aria-label="Player"
            required
          />
          <datalist id="online">
            {online.map((id) => (
              <option key={id} value={id} />
            ))}
          </datalist>
          <button type="submit" className="chip">
            Look
          </button>
          {online.slice(0, 12).map((id) => (
            <button
              key={id}
              type="button"
              className="chip mono"
              aria-pressed={id === player}
              onClick={() => goTerms(terms, { player: id })}
            >
              {id}
            </button>
          ))}
        </form>
        {player !== "" && <PlayerView key={player} valley={valley} player={player} />}
      </div>
    </section>
  );
}

const isPlayer = (id: string) => id.startsWith("player:");
