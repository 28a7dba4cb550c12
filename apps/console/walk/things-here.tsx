import { thingOf } from "@orrery/client/things";
import { EntityKind, Verb, WorldService } from "@orrery/schema/world/v1";
import { useAct } from "../data/act.ts";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { capital, hourOf } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";

const EVERY_MS = 4_000;
const PAGE = 100;

/** What stands here, and what may be done with it; nothing where nothing does. */
export function ThingsHere({ valley, placeId }: { readonly valley: Valley; readonly placeId: string }) {
  const act = useAct();
  const asked = { worldId: valley.world.id, kind: EntityKind.OBJECT, placeId, pageSize: PAGE };
  const calls = valley.world.rpc(WorldService);
  const { answer, problem } = useAsk(placeId, () => calls.queryEntities(asked), EVERY_MS, act.done);
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  const things = answer?.entities.map(thingOf) ?? [];
  if (things.length === 0) return null;
  return (
    <section aria-label="What is here">
      <h2>What is here</h2>
      <ul className="here">
        {things.map(({ id, name, seen, state, verbs }) => (
          <li key={id}>
            {capital(name)}
            <span className="soft">
              {state.length === 0 ? "" : `${capital(state.join(", "))}. `}
              {seen}
            </span>
            <span className="acts">
              {verbs.map((verb) => (
                <button
                  key={verb}
                  type="button"
                  className="chip"
                  disabled={act.busy}
                  aria-label={`${capital(verb)}: ${name}`}
                  onClick={() => void act.run(() => doWith(valley, id, name, verb))}
                >
                  {capital(verb)}
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

async function doWith(valley: Valley, thingId: string, name: string, word: string): Promise<string> {
  const verb = Verb[word.toUpperCase() as keyof typeof Verb];
  const asked = { worldId: valley.world.id, idempotencyKey: crypto.randomUUID(), verb, thingId };
  const { text, opensGs, has } = await valley.world.rpc(WorldService).act(asked);
  const done = text === "" ? `You ${word} ${name}.` : text;
  if (opensGs > 0) return `${done} It opens by itself at ${hourOf(opensGs)}, if nobody comes sooner.`;
  return verb === Verb.TAKE || verb === Verb.PUT ? `${done} You have ${has}.` : done;
}
