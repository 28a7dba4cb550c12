import { StateService } from "@orrery/schema/state/v1";
import type { Valley } from "../data/valley.ts";
import { useAsk } from "../data/ask.ts";
import { MoreRows, usePageSize } from "../data/pages.tsx";
import { type Selection, select } from "./selection.ts";

const PAGE = 200;
const MOST = 1_000;

/** The objects of a collection, of one owner or of all. */
export function ObjectTable({
  valley,
  selection,
}: {
  readonly valley: Valley;
  readonly selection: Selection;
}) {
  const { collection, owner } = selection;
  const [size, more] = usePageSize(PAGE, MOST);
  const { answer, problem } = useAsk(`${collection} ${owner} ${size}`, () =>
    valley.world.rpc(StateService).list({
      worldId: valley.world.id,
      collection,
      ...(owner !== "" && { owner }),
      asJson: true,
      pageSize: size,
    }),
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return <p className="empty">Asking…</p>;
  if (answer.objects.length === 0)
    return <p className="empty">Nothing is kept here{owner && ` of ${owner}`} yet.</p>;
  return (
    <>
      <table>
        <thead>
          <tr>
            <th>Key</th>
            <th>Owner</th>
            <th className="number">Version</th>
            <th className="number">Bytes</th>
            <th>Changed by</th>
          </tr>
        </thead>
        <tbody>
          {answer.objects.map(({ id, version, size, updatedBy }) => (
            <tr key={`${id?.owner} ${id?.key}`}>
              <td>
                <button
                  type="button"
                  className="chip mono"
                  onClick={() => select({ collection, owner: id?.owner ?? "", key: id?.key ?? "" })}
                >
                  {id?.key}
                </button>
              </td>
              <td className="mono">{id?.owner || "nobody"}</td>
              <td className="number">{version}</td>
              <td className="number">{size.toLocaleString("en")}</td>
              <td className="mono">{updatedBy}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <MoreRows
        shown={answer.objects.length}
        goesOn={answer.nextPageToken !== ""}
        isMost={size === MOST}
        onMore={more}
      />
    </>
  );
}
