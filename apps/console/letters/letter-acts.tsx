import {
  DeadLetterService,
  type LetterCount,
  RedriveState,
  type RedriveResponse,
} from "@orrery/schema/bus/v1";
import { type FormEvent, useState } from "react";
import { useAct } from "../data/act.ts";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";
import { filterOf, type Selection } from "./selection.ts";

const RATE_PER_S = 100;
const LOOK_MS = 1_000;

/** What can become of the letters that are shown: sent once more, after a look at which; resolved; discarded. */
export function LetterActs({
  valley,
  selection,
  onChange,
}: {
  readonly valley: Valley;
  readonly selection: Selection;
  readonly onChange: () => void;
}) {
  const act = useAct();
  const [tried, setTried] = useState<RedriveResponse>();
  const [job, setJob] = useState("");
  const letters = valley.world.rpc(DeadLetterService);
  const filter = filterOf(selection);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const { submitter } = event.nativeEvent as SubmitEvent;
    const form = new FormData(event.currentTarget);
    const [note, rate] = [String(form.get("note") ?? ""), Number(form.get("rate"))];
    const which = (submitter as HTMLButtonElement | null)?.value;
    await act.run(async () => {
      if (which === "look") {
        setTried(await letters.redrive({ filter, dryRun: true }));
        return "";
      }
      let said: string;
      if (which === "redrive") {
        const begun = await letters.redrive({ filter, dryRun: false, ratePerS: rate, note });
        setJob(begun.jobId);
        said = `${begun.matched.toLocaleString("en")} are on their way again.`;
      } else if (which === "resolve") {
        const { resolved } = await letters.resolve({ filter, note });
        said = `${resolved.toLocaleString("en")} resolved.`;
      } else {
        const { discarded } = await letters.discard({ filter, note });
        said = `${discarded.toLocaleString("en")} discarded.`;
      }
      setTried(undefined);
      onChange();
      return said;
    });
  }

  return (
    <form className="acts" aria-label="What is to become of them" onSubmit={(event) => void submit(event)}>
      <input className="find" name="note" placeholder="Note: why" aria-label="Note" />
      <input
        className="find short"
        name="rate"
        type="number"
        min={1}
        max={10_000}
        defaultValue={RATE_PER_S}
        aria-label="Events a second"
      />
      <button type="submit" value="look" className="chip" disabled={act.busy}>
        What would be sent?
      </button>
      {/* Nothing is sent that was not looked at first. */}
      <button
        type="submit"
        value="redrive"
        className="chip"
        disabled={act.busy || !tried || tried.matched === 0}
      >
        Send again
      </button>
      <button type="submit" value="resolve" className="chip" disabled={act.busy}>
        Resolve
      </button>
      <button type="submit" value="discard" className="chip" disabled={act.busy} title="Needs a note">
        Discard
      </button>
      {tried !== undefined && (
        <p role="status">
          {tried.matched.toLocaleString("en")} would be sent: {words(tried.bySubscription)}.
        </p>
      )}
      {act.said !== "" && <Outcome act={act} />}
      {job !== "" && <Job valley={valley} job={job} onEnd={onChange} />}
    </form>
  );
}

const words = (counts: readonly LetterCount[]) =>
  counts.map(({ name, count }) => `${count.toLocaleString("en")} to ${name}`).join(", ") || "none";

/** How far a redrive is. */
function Job({
  valley,
  job,
  onEnd,
}: {
  readonly valley: Valley;
  readonly job: string;
  readonly onEnd: () => void;
}) {
  const letters = valley.world.rpc(DeadLetterService);
  const { answer, problem } = useAsk(
    job,
    async () => {
      const found = await letters.getRedrive({ jobId: job });
      if (found.state !== RedriveState.RUNNING && found.endedMs > Date.now() - 2 * LOOK_MS) onEnd();
      return found;
    },
    LOOK_MS,
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return null;
  const running = answer.state === RedriveState.RUNNING;
  return (
    <p role="status">
      <progress
        max={Math.max(1, answer.matched)}
        value={answer.sent + answer.refused}
        aria-label="Sent again"
      />{" "}
      {word(RedriveState, answer.state)}: {answer.sent} of {answer.matched} sent
      {answer.refused > 0 && `, ${answer.refused} refused`}
      {answer.problem !== "" && `; ${answer.problem}`}{" "}
      {running && (
        <button type="button" className="chip" onClick={() => void letters.cancelRedrive({ jobId: job })}>
          Cancel
        </button>
      )}
    </p>
  );
}
