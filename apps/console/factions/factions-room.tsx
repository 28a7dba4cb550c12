import { type FactionShown, WorldService } from "@orrery/schema/world/v1";
import { useAsk } from "../data/ask.ts";
import { go, usePlace } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { capital } from "../data/words.ts";
import { FactionView } from "./faction-view.tsx";
import { LandList } from "./land-list.tsx";

/** Who wants what, who has what, and why. */
export function FactionsRoom({ valley }: { readonly valley: Valley }) {
  const { faction } = usePlace();
  const calls = valley.world.rpc(WorldService);
  const asked = { worldId: valley.world.id };
  const { answer, problem } = useAsk("factions", () => calls.getFactions(asked));
  const control = useAsk("control", () => calls.getControl(asked));
  const chosen = answer?.factions.find(({ factionId }) => factionId === faction);
  return (
    <section className="room">
      <header>
        <div>
          <h1>Factions</h1>
          <p>{problem === undefined ? inWords(answer?.factions) : words(problem)}</p>
        </div>
      </header>
      {answer !== undefined && (
        <div className="people">
          <div className="scroll" tabIndex={0} aria-label="Factions and their land">
            <table>
              <thead>
                <tr>
                  <th>Faction</th>
                  <th>Power</th>
                  <th>Lands</th>
                  <th>Treasury</th>
                </tr>
              </thead>
              <tbody>
                {answer.factions
                  .toSorted((one, other) => other.power - one.power)
                  .map(({ factionId, name, power, regionIds, treasury }) => (
                    <tr key={factionId} aria-selected={factionId === faction}>
                      <th scope="row">
                        <i
                          className="swatch"
                          aria-hidden="true"
                          style={{ background: valley.powers.colourOf(factionId) }}
                        />
                        <button
                          type="button"
                          className="link"
                          onClick={() => go({ faction: factionId }, true)}
                        >
                          {capital(name)}
                        </button>
                      </th>
                      <td>{power.toFixed(2)}</td>
                      <td>{regionIds.length}</td>
                      <td>{treasury.toLocaleString("en")}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
            {control.problem !== undefined && (
              <p role="alert">Whose the land is is not known: {control.problem}</p>
            )}
            {control.answer !== undefined && <LandList valley={valley} lands={control.answer.regions} />}
          </div>
          {chosen !== undefined && <FactionView key={faction} valley={valley} faction={chosen} />}
          {chosen === undefined && faction !== undefined && (
            <p className="empty">No faction is called {faction} here.</p>
          )}
        </div>
      )}
    </section>
  );
}

/** A world without factions is no failure. */
const words = (problem: string) =>
  problem.includes("WORLD_NO_FACTIONS") ? "Nobody wants power in this world." : `No answer: ${problem}`;

function inWords(factions: readonly FactionShown[] | undefined): string {
  if (factions === undefined) return "Asking…";
  const lands = factions.reduce((sum, { regionIds }) => sum + regionIds.length, 0);
  return `${factions.length} factions hold ${lands} regions. Choose one to see what it wants; with a region, why its share is what it is.`;
}
