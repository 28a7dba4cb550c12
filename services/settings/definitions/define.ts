import {
  type Definition,
  DefinitionSchema,
  Restart,
  Scope,
  Sync,
  type Value,
  ValueType,
  Visibility,
} from "@orrery/schema/settings/v1";
import { create } from "@bufbuild/protobuf";

/** A setting as code ships it. */
export interface Shipped {
  readonly definition: Definition;
  /** From a version to the next, pure: what a value of an earlier version is in this one; undefined: it is reset. */
  readonly migrations: ReadonlyMap<number, (value: Value) => Value | undefined>;
}

type Of = Partial<
  Pick<
    Definition,
    "unit" | "scopes" | "visibility" | "restart" | "sync" | "version" | "values" | "min" | "max" | "step"
  >
> & { readonly migrations?: Shipped["migrations"] };

/** Where a setting of a player may be set. */
export const PLAYERS_SCOPES = [Scope.PLATFORM, Scope.PLAYER, Scope.DEVICE, Scope.SESSION];
const WORLDS_SCOPES = [Scope.PLATFORM, Scope.WORLD];

function shipped(
  key: string,
  type: ValueType,
  kind: Value["kind"],
  { migrations = new Map(), ...of }: Of,
): Shipped {
  const definition = create(DefinitionSchema, {
    key,
    type,
    defaultValue: { kind },
    scopes: PLAYERS_SCOPES,
    visibility: Visibility.PLAYER,
    restart: Restart.NONE,
    sync: Sync.ROAM,
    version: 1,
    labelId: `settings.${key}.label`,
    helpId: `settings.${key}.help`,
    ...of,
  });
  return { definition, migrations };
}

export const toggle = (key: string, value: boolean, of: Of = {}): Shipped =>
  shipped(key, ValueType.BOOL, { case: "boolValue", value }, of);

export const count = (key: string, value: number, min: number, max: number, of: Of = {}): Shipped =>
  shipped(key, ValueType.INT, { case: "intValue", value }, { min, max, ...of });

export const range = (key: string, value: number, min: number, max: number, of: Of = {}): Shipped =>
  shipped(key, ValueType.FLOAT, { case: "doubleValue", value }, { min, max, ...of });

export const choice = (key: string, values: [string, ...string[]], value = values[0], of: Of = {}): Shipped =>
  shipped(key, ValueType.ENUM, { case: "stringValue", value }, { values, ...of });

export const text = (key: string, value: string, max: number, of: Of = {}): Shipped =>
  shipped(key, ValueType.STRING, { case: "stringValue", value }, { min: 0, max, ...of });

export const duration = (key: string, value: number, min: number, max: number, of: Of = {}): Shipped =>
  shipped(key, ValueType.DURATION_MS, { case: "doubleValue", value }, { min, max, unit: "ms", ...of });

export const json = (key: string, value: string, max: number, of: Of = {}): Shipped =>
  shipped(key, ValueType.JSON, { case: "jsonValue", value }, { min: 0, max, ...of });

/** Of a device alone: it never roams. */
export const ON_DEVICE: Of = { sync: Sync.DEVICE };
/** Of a world or the platform, shown to players. */
export const OF_WORLDS: Of = { scopes: WORLDS_SCOPES, visibility: Visibility.PUBLIC, restart: Restart.NONE };
