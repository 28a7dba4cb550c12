import { WorldService } from "@orrery/schema/bus/v1";
import type { FormEvent } from "react";
import { useAct } from "../data/act.ts";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { Outcome } from "../shell/outcome.tsx";

const LOOK_MS = 5_000;

/** Stretches of the journal that stay whatever their retention says. */
export function Pins({
  valley,
  world,
  newest,
}: {
  readonly valley: Valley;
  readonly world: string;
  /** Ordinal of the newest event; 0: not known yet. */
  readonly newest: number;
}) {
  const act = useAct();
  const worlds = valley.world.rpc(WorldService);
  const { answer, problem } = useAsk("pins", () => worlds.listPins({}), LOOK_MS, act.done);
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [from, to] = [Number(form.get("from")), Number(form.get("to"))];
    await act.run(async () => {
      const { pin } = await worlds.pin({ worldId: world, from, to, note: String(form.get("note") ?? "") });
      return `${pin?.from} to ${pin?.to} of ${world} stay.`;
    });
  }
  return (
    <>
      <form className="acts" aria-label="Pin" onSubmit={(event) => void submit(event)}>
        <span className="soft">Keep of {world} events</span>
        <input
          className="find short"
          name="from"
          type="number"
          min={1}
          required
          defaultValue={1}
          aria-label="First event"
        />
        <input
          key={newest === 0 ? "unknown" : "known"}
          className="find short"
          name="to"
          type="number"
          min={1}
          required
          defaultValue={newest || undefined}
          aria-label="Last event"
        />
        <input className="find" name="note" placeholder="Note: why" aria-label="Note" />
        <button type="submit" className="chip" disabled={act.busy}>
          Pin
        </button>
        <Outcome act={act} />
      </form>
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      <ul aria-label="Pins">
        {answer?.pins.map(({ pinId, worldId, from, to, note, actor, madeMs }) => (
          <li key={pinId}>
            <span className="mono">
              {worldId} {from.toLocaleString("en")}–{to.toLocaleString("en")}
            </span>{" "}
            {note || "no note"}, by {actor || "nobody"} on {new Date(madeMs).toLocaleDateString()}{" "}
            <button
              type="button"
              className="chip"
              disabled={act.busy}
              onClick={() =>
                void act.run(async () => {
                  await worlds.unpin({ pinId });
                  return "It goes when its retention says so.";
                })
              }
            >
              Unpin
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
