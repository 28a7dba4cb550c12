import { type DraftFeature, DraftStatus, EngineService, FeatureChange } from "@orrery/schema/engine/v1";
import { useAct } from "../data/act.ts";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";
import { key } from "./words.ts";

const MOST = 100;

/** What a version's notes say of features, beside the line that says so. */
export function DraftTable({
  valley,
  subjectId,
  version,
}: {
  readonly valley: Valley;
  readonly subjectId: string;
  readonly version: string;
}) {
  const act = useAct();
  const engines = valley.world.rpc(EngineService);
  const { answer, problem } = useAsk(
    `drafts ${subjectId} ${version}`,
    () => engines.listDrafts({ subjectId, version, pageSize: MOST }),
    5_000,
    act.done,
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined || answer.drafts.length === 0)
    return (
      <p className="empty">The notes of {version} say nothing that was understood, or it came without any.</p>
    );
  const review = (draft: DraftFeature, approve: boolean) =>
    act.run(async () => {
      await engines.reviewDraft({ draftId: draft.draftId, approve, ...key() });
      return approve ? "It goes out with the upgrade to this version." : "It does not go out.";
    });
  return (
    <>
      <h2>What the notes of {version} say</h2>
      <Outcome act={act} />
      <table>
        <thead>
          <tr>
            <th>Line</th>
            <th>Change</th>
            <th>Feature</th>
            <th>Review</th>
          </tr>
        </thead>
        <tbody>
          {answer.drafts.map((draft) => (
            <tr key={draft.draftId}>
              <td title={`line ${draft.line}`}>{draft.evidence}</td>
              <td>
                {draft.change === FeatureChange.UNSPECIFIED ? "unclear" : word(FeatureChange, draft.change)}
              </td>
              <td className="mono">{draft.featureKey || "none known"}</td>
              <td>
                {word(DraftStatus, draft.status)}
                {draft.status !== DraftStatus.APPROVED && draft.confidence === 1 && (
                  <>
                    {" "}
                    <button
                      type="button"
                      className="chip"
                      aria-label={`Approve ${draft.featureKey} ${word(FeatureChange, draft.change)}`}
                      disabled={act.busy}
                      onClick={() => void review(draft, true)}
                    >
                      Approve
                    </button>
                  </>
                )}
                {draft.status !== DraftStatus.REJECTED && (
                  <>
                    {" "}
                    <button
                      type="button"
                      className="chip"
                      aria-label={`Reject ${draft.featureKey || draft.evidence}`}
                      disabled={act.busy}
                      onClick={() => void review(draft, false)}
                    >
                      Reject
                    </button>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
