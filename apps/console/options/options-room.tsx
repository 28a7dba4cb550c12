import { type Definition, type Preset, SettingsService, Visibility } from "@orrery/schema/settings/v1";
import { useState } from "react";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { capital } from "../data/words.ts";
import { OptionRow } from "./option-row.tsx";
import { PresetBar } from "./preset-bar.tsx";
import { groupOf } from "./value.ts";

const PAGE = 500;

/** A player's own options, made from the definitions that there are: nothing of it is written by hand. */
export function OptionsRoom({ valley }: { readonly valley: Valley }) {
  const [changes, setChanges] = useState(0);
  const settings = valley.world.rpc(SettingsService);
  const worldId = valley.world.id;
  const { answer, problem } = useAsk(
    "options",
    async () => {
      if (valley.isAdmin) return { definitions: [] as Definition[], presets: [] as Preset[], values: [] };
      const [{ definitions, presets }, { values }] = await Promise.all([
        settings.listDefinitions({ worldId, pageSize: PAGE }),
        settings.resolve({ worldId, deviceId: valley.deviceId, explain: true }),
      ]);
      const seen = definitions.filter(({ visibility }) => visibility <= Visibility.PLAYER);
      return { definitions: seen, presets, values };
    },
    5_000,
    changes,
  );
  const values = new Map(answer?.values.map((value) => [value.key, value]));
  const groups = [...Map.groupBy(answer?.definitions ?? [], ({ key }) => groupOf(key))];
  const changed = () => setChanges((count) => count + 1);
  return (
    <section className="room">
      <header>
        <div>
          <h1>Options</h1>
          <p>
            {problem === undefined
              ? `Yours alone; what roams goes with you to other devices.`
              : `No answer: ${problem}`}
          </p>
        </div>
      </header>
      <div className="scroll" tabIndex={0} aria-label="Options">
        {valley.isAdmin && (
          <p className="empty">
            An operator has no options of their own. Open this page without the key to see a player's; a
            player's values are in the room Players.
          </p>
        )}
        {answer !== undefined && answer.presets.length > 0 && (
          <PresetBar valley={valley} presets={answer.presets} onChange={changed} />
        )}
        {groups.map(([group, definitions]) => (
          <section key={group} aria-label={capital(group)}>
            <h2>{capital(group)}</h2>
            <ul className="options">
              {definitions.map((definition) => {
                const resolved = values.get(definition.key);
                return (
                  resolved && (
                    <OptionRow
                      key={definition.key}
                      valley={valley}
                      definition={definition}
                      resolved={resolved}
                      onChange={changed}
                    />
                  )
                );
              })}
            </ul>
          </section>
        ))}
      </div>
    </section>
  );
}
