import { Category, FeatureService } from "@orrery/schema/capability/v1";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";

const MOST = 200;

/** What the catalogue of features has of a version. */
export function FeatureList({
  valley,
  engineId,
  version,
}: {
  readonly valley: Valley;
  readonly engineId: string;
  readonly version: string;
}) {
  const { answer, problem } = useAsk(`features ${engineId} ${version}`, () =>
    valley.world.rpc(FeatureService).forVersion({ engineId, version, previews: true, pageSize: MOST }),
  );
  if (problem !== undefined)
    return (
      <p className="empty">
        The catalogue does not know features of {version}: {problem}
      </p>
    );
  if (answer === undefined) return null;
  const enhanced = answer.features.filter((one) => one.enhanced.includes(version)).length;
  return (
    <details>
      <summary>
        {answer.features.length} features in {version}
        {enhanced > 0 && `, ${enhanced} of them more than before`}
        {answer.withdrawn && ", which is withdrawn"}
      </summary>
      <table>
        <thead>
          <tr>
            <th>Feature</th>
            <th>Kind</th>
            <th>Stand</th>
          </tr>
        </thead>
        <tbody>
          {answer.features.map((one) => (
            <tr key={one.key}>
              <th scope="row" title={one.key}>
                {one.title}
              </th>
              <td>{word(Category, one.category)}</td>
              <td>
                {one.deprecated ? "deprecated" : one.experimental ? "experimental" : "in use"}
                {one.enhanced.includes(version) && ", enhanced here"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
