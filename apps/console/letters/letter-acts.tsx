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
import { type Closing, Countdown } from "./closing.tsx";
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
  const [note, setNote] = useState("");
  const letters = valley.world.rpc(DeadLetterService);
  const filter = filterOf(selection);

  const [closing, setClosing] = useState<Closing>();

  function finish(said: string): string {
    setTried(undefined);
    setClosing(undefined);
    onChange();
    return said;
  }

  async function close(verb: Closing["verb"], note: string): Promise<string> {
    if (verb === "resolve") {
      const { resolved } = await letters.resolve({ filter, note });
      return finish(`${resolved.toLocaleString("en")} resolved.`);
    }
    const { discarded } = await letters.discard({ filter, note });
    return finish(`${discarded.toLocaleString("en")} discarded.`);
  }

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const { submitter } = event.nativeEvent as SubmitEvent;
    const form = new FormData(event.currentTarget);
    const [note, rate] = [String(form.get("note") ?? ""), Number(form.get("rate"))];
    const which = (submitter as HTMLButtonElement | null)?.value;
    if (which === "resolve" || which === "discard") {
      const run = () => void act.run(() => close(which, note));
      return setClosing({ verb: which, count: tried?.matched ?? 0, run });
    }
    await act.run(async () => {
      if (which === "look") {
        setTried(await letters.redrive({ filter, dryRun: true }));
        return "";
      }
      const begun = await letters.redrive({ filter, dryRun: false, ratePerS: rate, note });
      setJob(begun.jobId);
      return finish(`${begun.matched.toLocaleString("en")} are on their way again.`);
    });
  }

  // Nothing is sent or closed that was not looked at and counted first; to close needs a reason.
  const counted = tried !== undefined && tried.matched > 0 && !act.busy && closing === undefined;
  const many = tried === undefined ? "" : ` ${tried.matched.toLocaleString("en")}`;
  return (
    <form className="acts" aria-label="What is to become of them" onSubmit={(event) => void submit(event)}>
      <input
        className="find"
        name="note"
        placeholder="Note: why"
        aria-label="Note"
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <input
        className="find short"
        name="rate"
        type="number"
        min={1}
        max={10_000}
        defaultValue={RATE_PER_S}
        aria-label="Events a second"
      />
      <button type="submit" value="look" className="chip" disabled={act.busy || closing !== undefined}>
        Count them
      </button>
      <button type="submit" value="redrive" className="chip" disabled={!counted}>
        Send{many} again
      </button>
      <button
        type="submit"
        value="resolve"
        className="chip"
        disabled={!counted || note === ""}
        title="Needs a note"
      >
        Resolve{many}
      </button>
      <button
        type="submit"
        value="discard"
        className="chip"
        disabled={!counted || note === ""}
        title="Needs a note"
      >
        Discard{many}
      </button>
      {tried !== undefined && (
        <p role="status">
          {tried.matched.toLocaleString("en")} open: {words(tried.bySubscription)}.
        </p>
      )}
      {closing !== undefined && <Countdown closing={closing} onUndo={() => setClosing(undefined)} />}
      {act.said !== "" && <Outcome act={act} />}
      {job !== "" && <Job valley={valley} job={job} onEnd={onChange} />}
    </form>
  );
}

const words = (counts: readonly LetterCount[]) =>
  counts.map(({ name, count }) => `${count.toLocaleString("en")} of ${name}`).join(", ") || "none";

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
