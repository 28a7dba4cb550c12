import { PersonalService } from "@orrery/schema/bus/v1";
import { StateService } from "@orrery/schema/state/v1";
import { type FormEvent, useState } from "react";
import { messageOf, useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { Outcome } from "../shell/outcome.tsx";

/** Erases a player: what the game keeps for them, and what events say of them. Looked at first, since it is for ever. */
export function EraseForm({
  valley,
  player,
  onErased,
}: {
  readonly valley: Valley;
  readonly player: string;
  readonly onErased: () => void;
}) {
  const act = useAct();
  const [looked, setLooked] = useState(false);
  const personal = valley.world.rpc(PersonalService);

  /** Events with fields of theirs; a person of whom no event says anything personal is unknown there. */
  async function eventsOf(dryRun: boolean, note: string): Promise<number> {
    try {
      return (await personal.eraseSubject({ subject: player, worldId: "", note, dryRun })).events;
    } catch (error) {
      if (messageOf(error).includes("BUS_SUBJECT_UNKNOWN")) return 0;
      throw error;
    }
  }

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const { submitter } = event.nativeEvent as SubmitEvent;
    const note = String(new FormData(event.currentTarget).get("note") ?? "");
    const erases = (submitter as HTMLButtonElement | null)?.value === "erase";
    await act.run(async () => {
      if (!erases) {
        const events = await eventsOf(true, note);
        setLooked(true);
        return `All that is kept here for ${player}, and personal fields of ${events.toLocaleString("en")} events. Nobody can bring them back.`;
      }
      const events = await eventsOf(false, note);
      const idempotencyKey = crypto.randomUUID();
      const gone = await valley.world.rpc(StateService).erase({ playerId: player, idempotencyKey });
      setLooked(false);
      onErased();
      return `Erased: ${gone.objects} objects, ${gone.slots} slots, ${gone.grants} grants, fields of ${events.toLocaleString("en")} events.`;
    });
  }

  return (
    <form className="acts" aria-label="Erase this player" onSubmit={(event) => void submit(event)}>
      <input className="find" name="note" placeholder="Note: why" aria-label="Note" required />
      <button type="submit" value="look" className="chip" disabled={act.busy}>
        What would be erased?
      </button>
      {/* Nothing is erased that was not looked at first. */}
      <button type="submit" value="erase" className="chip" disabled={act.busy || !looked}>
        Erase for ever
      </button>
      <Outcome act={act} />
    </form>
  );
}
