import { type Definition, Visibility } from "@orrery/schema/settings/v1";
import type { Caller } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { settingsErrors } from "../errors.ts";
import type { Shipped } from "./define.ts";
import { nearestNames } from "./nearest.ts";

/** The settings there are. */
export interface Registry {
  /** In the order of their keys. */
  readonly all: readonly Definition[];
  shipped(key: string): Shipped | undefined;
  find(key: string): Definition | undefined;
  /** What a caller may see. */
  visible(caller: Caller): readonly Definition[];
  /** @throws SETTINGS_UNKNOWN_KEY, also where the caller may not see it */
  get(key: string, caller: Caller): Definition;
}

const KEY = /^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/;
const KEY_MOST = 100;

export const maySee = ({ role }: Caller, { visibility }: Definition): boolean =>
  role === "service" || role === "admin" || visibility <= Visibility.PLAYER;

/** Only services are told the value of a secret. */
export const maySeeValue = ({ role }: Caller, { visibility }: Definition): boolean =>
  visibility !== Visibility.SECRET || role === "service";

export function createRegistry(all: readonly Shipped[]): Registry {
  const byKey = new Map<string, Shipped>();
  for (const shipped of [...all].sort((a, b) => (a.definition.key < b.definition.key ? -1 : 1))) {
    const { key } = shipped.definition;
    if (!KEY.test(key) || key.length > KEY_MOST || byKey.has(key))
      throw new Error(`a definition is called ${key}: group.name, at most ${KEY_MOST}, once`);
    byKey.set(key, shipped);
  }
  const definitions = [...byKey.values()].map(({ definition }) => definition);
  const visible = (caller: Caller) => definitions.filter((definition) => maySee(caller, definition));
  return {
    all: definitions,
    shipped: (key) => byKey.get(key),
    find: (key) => byKey.get(key)?.definition,
    visible,
    get(key, caller) {
      const definition = byKey.get(key)?.definition;
      if (definition !== undefined && maySee(caller, definition)) return definition;
      const near = nearestNames(
        key,
        visible(caller).map((own) => own.key),
      );
      const given = `${JSON.stringify(key.slice(0, KEY_MOST))}${near.length > 0 ? `; nearest: ${near.join(", ")}` : ""}`;
      throw new OrreryError(settingsErrors.SETTINGS_UNKNOWN_KEY, { given });
    },
  };
}
