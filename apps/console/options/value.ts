import { type Definition, Restart, Scope, type Value, ValueType } from "@orrery/schema/settings/v1";

export type Kind = Value["kind"];

/** A value as it is shown; none is a dash. */
export const shown = (value: Value | undefined): string =>
  value?.kind.case === undefined ? "–" : String(value.kind.value);

/** What was chosen or typed, as its definition's type has it; undefined: it is no such value. */
export function read(text: string, type: ValueType): Kind | undefined {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  switch (type) {
    case ValueType.BOOL:
      return { case: "boolValue", value: text === "true" };
    case ValueType.INT:
      return Number.isInteger(number) ? { case: "intValue", value: number } : undefined;
    case ValueType.FLOAT:
    case ValueType.DURATION_MS:
      return Number.isFinite(number) ? { case: "doubleValue", value: number } : undefined;
    case ValueType.JSON:
      return { case: "jsonValue", value: text };
    default:
      return { case: "stringValue", value: text };
  }
}

/** `audio.music_volume` → `Music volume`. */
export function labelOf(key: string): string {
  const words = key.slice(key.indexOf(".") + 1).replaceAll(/[._]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const groupOf = (key: string): string => key.slice(0, key.indexOf("."));

const WORDS: ReadonlyMap<Scope, string> = new Map([
  [Scope.DEFAULT, "as it comes"],
  [Scope.PLATFORM, "set for everybody"],
  [Scope.PACK, "set by this world's pack"],
  [Scope.WORLD, "set for this world"],
  [Scope.TIER, "set for the tier"],
  [Scope.PLAYER, "set by the player"],
  [Scope.DEVICE, "set on this device"],
  [Scope.SESSION, "set for this session"],
]);
export const whence = (scope: Scope): string => WORDS.get(scope) ?? "";

/** What has to begin anew before a change is felt; empty: nothing. */
export function restartSays(restart: Restart): string {
  if (restart === Restart.SESSION) return "Felt from the next session on.";
  if (restart === Restart.CLIENT) return "Felt once the game is started again.";
  return "";
}

/** What may be chosen, in words; empty: anything of its type. */
export function rangeSays({ min, max, step, unit, type }: Definition): string {
  if (type === ValueType.STRING || type === ValueType.JSON) return "";
  const of = unit === "" ? "" : ` ${unit}`;
  const range =
    min === undefined || max === undefined
      ? ""
      : `${min.toLocaleString("en")} to ${max.toLocaleString("en")}${of}`;
  return step === undefined || range === "" ? range : `${range}, in steps of ${step}`;
}
