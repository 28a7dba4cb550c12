import { InteractKind, NpcService, RelationBand } from "@orrery/schema/npc/v1";
import { useAct } from "../data/act.ts";
import { go } from "../data/link.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";

const DEEDS = [
  { kind: InteractKind.TALK, says: "Talk" },
  { kind: InteractKind.HELP, says: "Help" },
  { kind: InteractKind.THREATEN, says: "Threaten" },
] as const;

/** Who else is here, and what one may do with them. */
export function PeopleHere({ valley, placeId }: { readonly valley: Valley; readonly placeId: string }) {
  useObservable(valley.peopleRevision);
  const act = useAct();
  const here = [...valley.people.all.values()]
    .filter((someone) => someone.placeId === placeId)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return (
    <section aria-label="Who is here">
      <h2>Who is here</h2>
      {here.length === 0 && <p className="soft">Nobody.</p>}
      <ul className="here">
        {here.map(({ id, name, role, activity }) => (
          <li key={id}>
            <button type="button" className="link" onClick={() => go({ room: "people", person: id })}>
              {name}
            </button>
            <span className="soft">
              {role}
              {activity === "" ? "" : `, ${activity}`}
            </span>
            <span className="acts">
              {DEEDS.map(({ kind, says }) => (
                <button
                  key={says}
                  type="button"
                  className="chip"
                  disabled={act.busy}
                  aria-label={`${says}: ${name}`}
                  onClick={() => void act.run(() => turnTo(valley, id, name, kind))}
                >
                  {says}
                </button>
              ))}
            </span>
          </li>
        ))}
      </ul>
      <Outcome act={act} />
    </section>
  );
}

async function turnTo(valley: Valley, npcId: string, name: string, kind: InteractKind): Promise<string> {
  const asked = { worldId: valley.world.id, idempotencyKey: crypto.randomUUID(), npcId, kind };
  const { lines, attitude } = await valley.world.rpc(NpcService).interact(asked);
  const said = lines.length === 0 ? "says nothing" : lines.map(({ text }) => `“${text}”`).join(" ");
  return `${name}: ${said} (${word(RelationBand, attitude)} to you)`;
}
