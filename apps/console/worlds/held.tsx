import { type RetentionHold, type RetentionRule, WorldService } from "@orrery/schema/bus/v1";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { dayAndHour } from "../data/words.ts";

/** Finding what is held reads the records of days. */
const LOOK_MS = 60_000;

/** How long types are kept, and what of this world stays all the same. */
export function Held({ valley, world }: { readonly valley: Valley; readonly world: string }) {
  const { answer, problem } = useAsk(
    `retention ${world}`,
    () => valley.world.rpc(WorldService).listRetention({ worldId: world }),
    LOOK_MS,
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return null;
  return (
    <>
      {answer.holds.map((hold) => (
        <p key={hold.worldId}>{heldText(hold)}</p>
      ))}
      <details>
        <summary>How long each type is kept</summary>
        <table>
          <thead>
            <tr>
              <th>Type</th>
              <th>Kept</th>
              <th>As</th>
            </tr>
          </thead>
          <tbody>
            {answer.rules.map((rule) => (
              <tr key={rule.type}>
                <td className="mono">{rule.type}</td>
                <td>{keptText(rule)}</td>
                <td>{rule.bySetting ? "set here" : "its contract says"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

function heldText({ worldId, fromOrdinal, holder, reachedGs, hasClock }: RetentionHold): string {
  const what =
    holder === ""
      ? `Nothing of ${worldId} is held beyond its retention`
      : `All of ${worldId} stays from event ${fromOrdinal.toLocaleString("en")} on, for ${holder}`;
  if (!hasClock) return `${what}; it has no clock, so its days count as real ones.`;
  if (reachedGs === undefined)
    return `${what}; where its clock stands is not known, so its days do not pass.`;
  return `${what}; its days count back from ${dayAndHour(reachedGs)}.`;
}

function keptText({ kept }: RetentionRule): string {
  switch (kept.case) {
    case "days":
      return `${kept.value} days`;
    case "gameDays":
      return `${kept.value} days of its world`;
    case "latest":
      return `the newest ${kept.value} of each key`;
    default:
      return "for ever";
  }
}
