import { NpcService, RelationBand } from "@orrery/schema/npc/v1";
import { useAsk } from "../data/ask.ts";
import { go } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { capital, dayAndHour, word } from "../data/words.ts";
import { PlaceLink } from "../shell/place-link.tsx";

const EVERY_MS = 5_000;
const SHOWN = 6;

/** What somebody knows, from whom, and what they think of others. */
export function KnownView({ valley, npcId }: { readonly valley: Valley; readonly npcId: string }) {
  const calls = valley.world.rpc(NpcService);
  const asked = { worldId: valley.world.id, npcId };
  const known = useAsk(`${npcId} knows`, () => calls.listMemories(asked), EVERY_MS);
  const felt = useAsk(`${npcId} feels`, () => calls.listRelations(asked), EVERY_MS);
  const memories = known.answer?.memories;
  const relations = felt.answer?.relations;
  const problem = known.problem ?? felt.problem;
  return (
    <>
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      <h3>What they know</h3>
      {memories?.length === 0 && <p className="soft">Nothing that is worth a word.</p>}
      <ol className="weighed">
        {memories?.slice(0, SHOWN).map(({ memory, text, teller }) => (
          <li key={`${memory?.originPublisher} ${memory?.originSequence}`}>
            {text}
            <span className="soft">
              {teller === "" ? "Saw it" : `Heard it of ${teller}`}, {dayAndHour(memory?.atGs ?? 0)}.{" "}
              <PlaceLink to={{ room: "why", event: `${memory?.originPublisher}/${memory?.originSequence}` }}>
                What came before
              </PlaceLink>
            </span>
          </li>
        ))}
      </ol>
      <h3>What they think of others</h3>
      {relations?.length === 0 && <p className="soft">They have not talked to anybody yet.</p>}
      <ol className="weighed">
        {relations?.slice(0, SHOWN).map(({ toId, name, band, score }) => (
          <li key={toId}>
            <button type="button" className="link" onClick={() => go({ person: toId }, true)}>
              {name}
            </button>{" "}
            {capital(word(RelationBand, band))}, {score.toFixed(2)}
          </li>
        ))}
      </ol>
    </>
  );
}
