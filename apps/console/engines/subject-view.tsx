import { EngineService, type Subject } from "@orrery/schema/engine/v1";
import { useState } from "react";
import { useAsk } from "../data/ask.ts";
import type { Terms } from "../data/terms.ts";
import type { Valley } from "../data/valley.ts";
import { DraftTable } from "./draft-table.tsx";
import { FeatureList } from "./feature-list.tsx";
import { UpgradePath } from "./upgrade-path.tsx";
import { VersionTable } from "./version-table.tsx";
import { day, statusWords } from "./words.ts";

const LOOK_MS = 2_000;

/** One that is watched: where it is read, the upgrade under way, its versions and what they bring. */
export function SubjectView({
  valley,
  subject,
  terms,
}: {
  readonly valley: Valley;
  readonly subject: Subject;
  readonly terms: Terms;
}) {
  const id = subject.subjectId;
  const [changes, setChanges] = useState(0);
  const changed = () => setChanges(changes + 1);
  const engines = valley.world.rpc(EngineService);
  const { answer } = useAsk(`sources ${id}`, () => engines.getSubject({ subjectId: id }), LOOK_MS, changes);
  const version = terms["version"] ?? subject.newest?.text ?? subject.current?.text ?? "";
  return (
    <>
      <UpgradePath valley={valley} subject={subject} changes={changes} onChange={changed} />
      <VersionTable valley={valley} subject={subject} terms={terms} chosen={version} onChange={changed} />
      {version !== "" && <DraftTable valley={valley} subjectId={id} version={version} />}
      {version !== "" && <FeatureList valley={valley} engineId={id} version={version} />}
      <h2>Where it is read</h2>
      <table>
        <thead>
          <tr>
            <th>Source</th>
            <th>Status</th>
            <th>Last truly read</th>
          </tr>
        </thead>
        <tbody>
          {answer?.sources.map((source) => (
            <tr key={source.sourceId}>
              <th scope="row" className="mono">
                {source.sourceId}
              </th>
              <td>{statusWords(source)}</td>
              <td>{day(source.lastOkMs, "never read")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
