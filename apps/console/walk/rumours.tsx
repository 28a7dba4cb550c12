import { playerEntity } from "@orrery/client";
import { NpcService } from "@orrery/schema/npc/v1";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { dayAndHour } from "../data/words.ts";

const EVERY_MS = 5_000;
const STEPS = 8;

/** What people say of the reader, from mouth to mouth, and how it changed on its way. */
export function Rumours({ valley }: { readonly valley: Valley }) {
  const playerId = valley.isAdmin ? playerEntity(valley.world) : "";
  const asked = { worldId: valley.world.id, playerId };
  const { answer, problem } = useAsk(
    "rumours",
    () => valley.world.rpc(NpcService).listRumours(asked),
    EVERY_MS,
  );
  return (
    <section aria-label="What is said of you">
      <h2>What is said of you</h2>
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      {answer?.rumours.length === 0 && (
        <p className="soft">Nobody speaks of you yet. Help somebody, or threaten them.</p>
      )}
      {answer?.rumours.map(({ originPublisher, originSequence, knownTo, text, versions, steps }) => (
        <details key={`${originPublisher} ${originSequence}`}>
          <summary>
            “{text}” {knownTo === 1 ? "One knows" : `${knownTo} know`}
            {versions.length > 1 ? `, in ${versions.length} ways` : ""}.
          </summary>
          <ol className="weighed">
            {steps.slice(0, STEPS).map(({ npcId, name, teller, atGs, changed, text: own }) => (
              <li key={npcId}>
                {name} {teller === "" ? "saw it" : `heard it of ${teller}`}, {dayAndHour(atGs)}.
                {changed && <span className="soft">And says: “{own}”</span>}
              </li>
            ))}
          </ol>
          {steps.length > STEPS && <p className="soft">And {steps.length - STEPS} more.</p>}
        </details>
      ))}
    </section>
  );
}
