import { DeadLetterService, LetterState } from "@orrery/schema/bus/v1";
import { useAsk } from "../data/ask.ts";
import { MoreRows, usePageSize } from "../data/pages.tsx";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { filterOf, type Selection, select } from "./selection.ts";

const PAGE = 200;
const MOST = 1_000;
const LOOK_MS = 2_000;

/** The open letters that fit, oldest first. */
export function LetterTable({
  valley,
  selection,
  changes,
}: {
  readonly valley: Valley;
  readonly selection: Selection;
  /** Grows when something was done: the list is asked anew. */
  readonly changes: number;
}) {
  const all = { ...selection, entry: "" };
  const [size, more] = usePageSize(PAGE, MOST);
  const { answer, problem } = useAsk(
    `${JSON.stringify(all)} ${size}`,
    () => valley.world.rpc(DeadLetterService).listDeadLetters({ filter: filterOf(all), pageSize: size }),
    LOOK_MS,
    changes,
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined || answer.letters.length === 0) return null;
  return (
    <>
      <table>
        <thead>
          <tr>
            <th>Event</th>
            <th>Given up by</th>
            <th>Why</th>
            <th className="number">Attempts</th>
            <th>Last tried</th>
            <th>State</th>
          </tr>
        </thead>
        <tbody>
          {answer.letters.map(({ entry, state }) =>
            entry === undefined ? null : (
              <tr
                key={`${entry.subscription} ${entry.entryId}`}
                aria-selected={
                  entry.entryId === selection.entry && entry.subscription === selection.subscription
                }
              >
                <td>
                  <button
                    type="button"
                    className="chip mono"
                    onClick={() =>
                      select(selection, { subscription: entry.subscription, entry: entry.entryId })
                    }
                  >
                    {entry.type || "unreadable"} {entry.key}
                  </button>
                </td>
                <td className="mono">{entry.subscription}</td>
                <td>
                  <span className="mono">{entry.code}</span> {entry.message}
                </td>
                <td className="number">{entry.attempts}</td>
                <td>{new Date(entry.lastMs).toLocaleString()}</td>
                <td>{word(LetterState, state)}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
      <MoreRows
        shown={answer.letters.length}
        goesOn={answer.nextPageToken !== ""}
        isMost={size === MOST}
        onMore={more}
      />
    </>
  );
}
