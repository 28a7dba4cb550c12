import { playerEntity } from "@orrery/client";
import { type FactionShown, Stance, WorldService } from "@orrery/schema/world/v1";
import { useAsk } from "../data/ask.ts";
import { go } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { capital } from "../data/words.ts";

const EVERY_MS = 5_000;
/** Less is hardly an opinion. */
const WORTH_SHOWING = 0.01;

const WORDS: ReadonlyMap<Stance, string> = new Map([
  [Stance.HOSTILE, "you are an enemy: no market on its land sells you anything"],
  [Stance.TENSE, "somebody to be wary of"],
  [Stance.NEUTRAL, "neither friend nor enemy"],
  [Stance.FRIENDLY, "a friend"],
]);

const isOpinion = ({ reputation }: FactionShown) =>
  reputation !== undefined &&
  (reputation.stance !== Stance.NEUTRAL || Math.abs(reputation.value) >= WORTH_SHOWING);

/** What factions think of the reader, those that think anything of them. */
export function EsteemOfSelf({ valley }: { readonly valley: Valley }) {
  const playerId = valley.isAdmin ? playerEntity(valley.world) : "";
  const asked = { worldId: valley.world.id, playerId };
  const calls = valley.world.rpc(WorldService);
  const { answer, problem } = useAsk("esteem", () => calls.getFactions(asked), EVERY_MS);
  // A world without factions is no failure, and has nothing to show here.
  if (problem?.includes("WORLD_NO_FACTIONS") === true) return null;
  const opinions = (answer?.factions ?? []).filter(isOpinion);
  return (
    <section aria-label="What factions think of you">
      <h2>What factions think of you</h2>
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      {answer !== undefined && opinions.length === 0 && (
        <p className="soft">Nothing yet: they go by what you do to their people, and on their land.</p>
      )}
      <ul className="here">
        {opinions.map(({ factionId, name, reputation }) => (
          <li key={factionId}>
            <button
              type="button"
              className="link"
              onClick={() => go({ room: "factions", faction: factionId })}
            >
              {capital(name)}
            </button>
            : {WORDS.get(reputation?.stance ?? Stance.NEUTRAL)}{" "}
            <span className="soft">{reputation?.value.toFixed(2)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
