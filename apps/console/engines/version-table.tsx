import { Announcement, Channel, EngineService, type Sighting, type Subject } from "@orrery/schema/engine/v1";
import { useAct } from "../data/act.ts";
import { useAsk } from "../data/ask.ts";
import { MoreRows, usePageSize } from "../data/pages.tsx";
import { goTerms, type Terms } from "../data/terms.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";
import { day, key } from "./words.ts";

const PAGE = 20;
const MOST = 500;

/** Versions that were seen, newest first: each leads to what it brings. */
export function VersionTable({
  valley,
  subject,
  terms,
  chosen,
  onChange,
}: {
  readonly valley: Valley;
  readonly subject: Subject;
  readonly terms: Terms;
  readonly chosen: string;
  onChange(): void;
}) {
  const { subjectId } = subject;
  const act = useAct();
  const engines = valley.world.rpc(EngineService);
  const [size, more] = usePageSize(PAGE, MOST);
  const { answer, problem } = useAsk(
    `versions ${subjectId} ${size}`,
    () => engines.listSightings({ subjectId, pageSize: size }),
    2_000,
    act.done,
  );
  const propose = (to: string) =>
    act.run(async () => {
      const { upgrade } = await engines.proposeUpgrade({ subjectId, to, ...key() });
      onChange();
      return `${upgrade?.upgradeId} is proposed: somebody has to approve it.`;
    });
  const acknowledge = (version: string) =>
    act.run(async () => {
      await engines.acknowledge({ subjectId, version, ...key() });
      return `${version} is taken note of.`;
    });
  return (
    <>
      <h2>Versions</h2>
      <Outcome act={act} />
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      {answer?.sightings.length === 0 && <p className="empty">No version was seen yet.</p>}
      {answer !== undefined && answer.sightings.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>Version</th>
              <th>Channel</th>
              <th>Out since</th>
              <th>Notice</th>
              <th>Do</th>
            </tr>
          </thead>
          <tbody>
            {answer.sightings.map((one) => (
              <tr key={one.version?.text} aria-selected={one.version?.text === chosen}>
                <th scope="row">
                  <button
                    type="button"
                    className="link mono"
                    title={one.tag}
                    onClick={() => goTerms(terms, { subject: subjectId, version: one.version?.text ?? "" })}
                  >
                    {one.version?.text}
                  </button>
                </th>
                <td>{word(Channel, one.channel)}</td>
                <td title={`first seen ${day(one.firstSeenMs, "")}`}>
                  {one.releasedMs === 0 ? "not told" : new Date(one.releasedMs).toLocaleDateString()}
                </td>
                <td>{notice(one)}</td>
                <td>
                  {one.announcement === Announcement.ANNOUNCED && !one.withdrawn && (
                    <>
                      <button
                        type="button"
                        className="chip"
                        aria-label={`Propose ${one.version?.text}`}
                        disabled={act.busy}
                        onClick={() => void propose(one.version?.text ?? "")}
                      >
                        Propose
                      </button>{" "}
                      <button
                        type="button"
                        className="chip"
                        aria-label={`Take note of ${one.version?.text}`}
                        disabled={act.busy}
                        onClick={() => void acknowledge(one.version?.text ?? "")}
                      >
                        Take note
                      </button>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {answer !== undefined && (
        <MoreRows
          shown={answer.sightings.length}
          goesOn={answer.nextPageToken !== ""}
          isMost={size === MOST}
          onMore={more}
        />
      )}
    </>
  );
}

function notice({ withdrawn, announcement, security, ignoredWhy }: Sighting): string {
  if (withdrawn) return "withdrawn";
  const why = ignoredWhy === "" ? "" : `: ${ignoredWhy}`;
  return `${word(Announcement, announcement)}${why}${security ? ", mends security" : ""}`;
}
