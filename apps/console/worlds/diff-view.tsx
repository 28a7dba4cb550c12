import { type DiffResponse, type Divergence, type JournalEvent, WorldService } from "@orrery/schema/bus/v1";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { dayAndHour } from "../data/words.ts";

/** Comparing whole worlds is work: seldom by itself. */
const LOOK_MS = 60_000;

/** Where two worlds of one past part, and what differs since. */
export function DiffView({
  valley,
  a,
  b,
}: {
  readonly valley: Valley;
  readonly a: string;
  readonly b: string;
}) {
  const { answer, problem } = useAsk(
    `${a} ${b}`,
    () => valley.world.rpc(WorldService).diff({ worldA: a, worldB: b }),
    LOOK_MS,
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined)
    return (
      <p className="empty">
        Comparing {a} with {b}…
      </p>
    );
  return (
    <article className="service" aria-label="What differs">
      <h2>
        {a} and {b}
      </h2>
      <p>
        Their common past is {answer.ancestor} up to event {answer.position.toLocaleString("en")}; compared to{" "}
        {dayAndHour(answer.untilGs)}.
      </p>
      {answer.first === undefined ? (
        <p role="status">Nothing differs since.</p>
      ) : (
        <First first={answer.first} a={a} b={b} />
      )}
      <Counts answer={answer} a={a} b={b} />
      <States answer={answer} />
    </article>
  );
}

function First({ first, a, b }: { readonly first: Divergence; readonly a: string; readonly b: string }) {
  return (
    <>
      <p role="status">
        They part at {dayAndHour(first.atGs)} with{" "}
        <span className="mono">{(first.inA ?? first.inB)?.type}</span>
        {first.field !== "" && (
          <>
            , field <span className="mono">{first.field}</span>: {first.valueA} against {first.valueB}
          </>
        )}
        .
      </p>
      <dl className="fields">
        <dt>{a}</dt>
        <dd>
          <Said world={a} event={first.inA} />
        </dd>
        <dt>{b}</dt>
        <dd>
          <Said world={b} event={first.inB} />
        </dd>
      </dl>
    </>
  );
}

/** Another world is another page: the link opens it anew. */
function Said({ world, event }: { readonly world: string; readonly event: JournalEvent | undefined }) {
  if (event === undefined) return <>does not say it</>;
  const query = new URLSearchParams({ world, event: `${event.id?.publisher}/${event.id?.sequence}` });
  return (
    <>
      {event.says}{" "}
      <a className="link" href={`/why?${query}`}>
        Why
      </a>
    </>
  );
}

function Counts({ answer, a, b }: { readonly answer: DiffResponse; readonly a: string; readonly b: string }) {
  return (
    <table>
      <thead>
        <tr>
          <th>Type</th>
          <th className="number">Only {a}</th>
          <th className="number">Only {b}</th>
          <th className="number">Differ</th>
          <th className="number">Same</th>
        </tr>
      </thead>
      <tbody>
        {answer.counts.map(({ type, onlyA, onlyB, differs, same }) => (
          <tr key={type}>
            <td className="mono">{type}</td>
            {[onlyA, onlyB, differs, same].map((count, at) => (
              <td key={at} className="number">
                {count.toLocaleString("en")}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function States({ answer }: { readonly answer: DiffResponse }) {
  if (answer.states.length === 0) return null;
  return (
    <ul>
      {answer.states.map(({ service, part, atGs, same, fields }) => (
        <li key={`${service}/${part}`}>
          State of <span className="mono">{part === "aggregate/0" ? service : `${service} ${part}`}</span> at{" "}
          {dayAndHour(atGs)}: {same ? "the same" : `differs in ${fields.join(", ")}`}
        </li>
      ))}
    </ul>
  );
}
