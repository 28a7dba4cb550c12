import { type FieldSource, Layer } from "@orrery/schema/performance/v1";
import { word } from "../data/words.ts";

const shown = (value: number) => Number(value.toFixed(2));

/** Where the value of each field comes from, and what others said. */
export function FieldSources({ sources }: { readonly sources: readonly FieldSource[] }) {
  return (
    <details>
      <summary>Where each value comes from</summary>
      <table aria-label="Fields">
        <thead>
          <tr>
            <th>Field</th>
            <th className="number">Value</th>
            <th>From</th>
            <th>Others</th>
          </tr>
        </thead>
        <tbody>
          {sources.map(({ field, value, winner, layers }) => (
            <tr key={field}>
              <td className="mono">{field}</td>
              <td className="number">{shown(value)}</td>
              <td>{word(Layer, winner)}</td>
              <td>
                {layers
                  .filter(({ lost }) => lost !== "")
                  .map(({ layer, value: own, lost }) => `${word(Layer, layer)} ${shown(own)}: ${lost}`)
                  .join("; ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
