import { CheckResult, EngineService, type Subject } from "@orrery/schema/engine/v1";
import { useAct } from "../data/act.ts";
import { useAsk } from "../data/ask.ts";
import { usePlace } from "../data/link.ts";
import { goTerms, readTerms, type Terms } from "../data/terms.ts";
import type { Valley } from "../data/valley.ts";
import { ForAdmins } from "../shell/for-admins.tsx";
import { Outcome } from "../shell/outcome.tsx";
import { SubjectView } from "./subject-view.tsx";
import { day, key, standing } from "./words.ts";

const LOOK_MS = 2_000;

/** What the game is built on: versions that are there, and the way to them. */
export function EnginesRoom({ valley }: { readonly valley: Valley }) {
  const terms = readTerms(usePlace().filter);
  const act = useAct();
  const engines = valley.world.rpc(EngineService);
  const { answer, problem } = useAsk(
    "subjects",
    async () => (valley.isAdmin ? (await engines.listSubjects({})).subjects : []),
    LOOK_MS,
    act.done,
  );
  if (!valley.isAdmin)
    return (
      <section className="room">
        <ForAdmins what="Engines are" />
      </section>
    );
  const id = terms["subject"] ?? answer?.[0]?.subjectId ?? "";
  const chosen = answer?.find(({ subjectId }) => subjectId === id);
  const check = () =>
    act.run(async () => {
      const { sources } = await engines.checkNow({ ...key() });
      const read = sources.filter(
        ({ result }) => result === CheckResult.CHANGED || result === CheckResult.UNCHANGED,
      );
      const failed = sources.filter(({ result }) => result === CheckResult.FAILED);
      if (failed.length > 0)
        throw new Error(failed.map(({ sourceId, reason }) => `${sourceId}: ${reason}`).join(" "));
      return `${read.length} of ${sources.length} sources were read; the others were read just now, or are not read from here.`;
    });
  return (
    <section className="room">
      <header>
        <div>
          <h1>Engines</h1>
          <p>Versions of what the game is built on, and upgrades to them, each step looked at by somebody.</p>
        </div>
      </header>
      <div className="scroll" tabIndex={0} aria-label="Engines">
        {problem !== undefined && <p role="alert">No answer: {problem}</p>}
        {answer === undefined && problem === undefined && <p className="empty">Asking…</p>}
        {answer?.length === 0 && <p className="empty">Nothing is watched: engines.yaml names what is.</p>}
        {answer !== undefined && answer.length > 0 && (
          <Subjects subjects={answer} chosen={id} terms={terms} />
        )}
        <div className="acts" role="group" aria-label="Sources">
          <button type="button" className="chip" disabled={act.busy} onClick={() => void check()}>
            Read them now
          </button>
          <Outcome act={act} />
        </div>
        {chosen !== undefined && <SubjectView key={id} valley={valley} subject={chosen} terms={terms} />}
        {answer !== undefined && chosen === undefined && id !== "" && (
          <p className="empty">Nothing that is watched is called {id}.</p>
        )}
      </div>
    </section>
  );
}

function Subjects({
  subjects,
  chosen,
  terms,
}: {
  readonly subjects: readonly Subject[];
  readonly chosen: string;
  readonly terms: Terms;
}) {
  return (
    <table>
      <thead>
        <tr>
          <th>What</th>
          <th>In use</th>
          <th>Newest</th>
          <th>Standing</th>
          <th>Last truly read</th>
        </tr>
      </thead>
      <tbody>
        {subjects.map((subject) => (
          <tr key={subject.subjectId} aria-selected={subject.subjectId === chosen}>
            <th scope="row">
              <button
                type="button"
                className="link"
                onClick={() => goTerms(terms, { subject: subject.subjectId, version: "" })}
              >
                {subject.title}
              </button>
            </th>
            <td className="mono">{subject.current?.text ?? "not known"}</td>
            <td className="mono">{subject.newest?.text ?? "none"}</td>
            <td>{standing(subject)}</td>
            <td>{day(subject.lastOkMs, "never read")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
