import { StateService } from "@orrery/schema/state/v1";
import type { Valley } from "../data/valley.ts";
import { useAsk } from "../data/ask.ts";

/** Objects whose preconditions fail most, over the last 10 minutes. */
export function ConflictTable({ valley }: { readonly valley: Valley }) {
  const { answer, problem } = useAsk("conflicts", () => valley.world.rpc(StateService).listConflicts({}));
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer?.conflicts.length === 0) return <p className="empty">Nobody fought over an object lately.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th>Object</th>
          <th>Owner</th>
          <th className="number">Conflicts</th>
        </tr>
      </thead>
      <tbody>
        {answer?.conflicts.map(({ id, worldId, conflicts }) => (
          <tr key={`${worldId} ${id?.collection} ${id?.owner} ${id?.key}`}>
            <td className="mono">
              {id?.collection}/{id?.key}
            </td>
            <td className="mono">{id?.owner || "nobody"}</td>
            <td className="number">{conflicts.toLocaleString("en")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
