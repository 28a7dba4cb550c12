import { type Resolved, SettingsService } from "@orrery/schema/settings/v1";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { shown, whence } from "../options/value.ts";

/** What holds for a player, and of each value why that one: every layer, and why the others lost. */
export function SettingsTable({ valley, player }: { readonly valley: Valley; readonly player: string }) {
  const { answer, problem } = useAsk(`settings of ${player}`, () =>
    valley.world.rpc(SettingsService).resolve({ worldId: valley.world.id, playerId: player, explain: true }),
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return null;
  const own = answer.values.filter(({ layers }) => layers.length > 1);
  const plain = answer.values.filter(({ layers }) => layers.length <= 1);
  return (
    <>
      <h3>Settings</h3>
      {own.length === 0 && <p className="soft">Nothing is set: all is as it comes.</p>}
      {own.map((value) => (
        <Why key={value.key} value={value} />
      ))}
      <details>
        <summary>{plain.length} are as they come</summary>
        <ul>
          {plain.map(({ key, value }) => (
            <li key={key}>
              <span className="mono">{key}</span> {shown(value)}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

function Why({ value: { key, value, scope, clamped, layers } }: { readonly value: Resolved }) {
  return (
    <details>
      <summary>
        <span className="mono">{key}</span> <b>{shown(value)}</b> {whence(scope)}
        {clamped && ", read at the edge of its range"}
      </summary>
      <ul>
        {layers.map((layer) => (
          <li key={`${layer.scope} ${layer.scopeId}`}>
            {whence(layer.scope)}
            {layer.scopeId !== "" && ` (${layer.scopeId})`}: {shown(layer.value)}
            {layer.locked && ", locked"} —{" "}
            {layer.lostBecause === "" ? <b>this one holds</b> : layer.lostBecause}
          </li>
        ))}
      </ul>
    </details>
  );
}
