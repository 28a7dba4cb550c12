import { WorldService } from "@orrery/schema/world/v1";
import { useState } from "react";
import { useAct } from "../data/act.ts";
import { useAsk } from "../data/ask.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import { Outcome } from "../shell/outcome.tsx";

const EVERY_MS = 5_000;

/** What the reader has with them, and to whom they may give of it. */
export function Bag({ valley, placeId }: { readonly valley: Valley; readonly placeId: string }) {
  useObservable(valley.peopleRevision);
  const act = useAct();
  const [to, setTo] = useState("");
  const calls = valley.world.rpc(WorldService);
  const worldId = valley.world.id;
  const { answer, problem } = useAsk("bag", () => calls.getHolding({ worldId }), EVERY_MS, act.done);
  const here = [...valley.people.all.values()]
    .filter((someone) => someone.placeId === placeId && placeId !== "")
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const chosen = here.find(({ id }) => id === to) ?? here[0];
  const give = async (goodId: string, name: string, quantity: number) => {
    if (chosen === undefined) throw new Error("Nobody is here to take it.");
    const asked = { worldId, idempotencyKey: crypto.randomUUID(), npcId: chosen.id, goodId };
    await calls.give({ ...asked, quantity: Math.min(1, quantity) });
    return `You held out ${name} to ${chosen.name}.`;
  };
  return (
    <section aria-label="What you have">
      <h2>What you have</h2>
      {problem !== undefined && !problem.includes("WORLD_NO_MARKETS") && (
        <p role="alert">No answer: {problem}</p>
      )}
      {answer?.goods.length === 0 && <p className="soft">Your bag is empty.</p>}
      {here.length > 0 && answer !== undefined && answer.goods.length > 0 && (
        <label className="soft">
          To{" "}
          <select className="find" value={chosen?.id} onChange={(event) => setTo(event.target.value)}>
            {here.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <ul className="here">
        {answer?.goods.map(({ goodId, name, unit, quantity }) => (
          <li key={goodId}>
            {Number(quantity.toFixed(2))} {unit} of {name}
            <button
              type="button"
              className="chip"
              disabled={act.busy || chosen === undefined}
              onClick={() => void act.run(() => give(goodId, name, quantity))}
            >
              Give {name}
            </button>
          </li>
        ))}
      </ul>
      <Outcome act={act} />
    </section>
  );
}
