import { type Definition, type Value, ValueType } from "@orrery/schema/settings/v1";

const KIND = new Map<ValueType, NonNullable<Value["kind"]["case"]>>([
  [ValueType.BOOL, "boolValue"],
  [ValueType.INT, "intValue"],
  [ValueType.FLOAT, "doubleValue"],
  [ValueType.STRING, "stringValue"],
  [ValueType.ENUM, "stringValue"],
  [ValueType.DURATION_MS, "doubleValue"],
  [ValueType.JSON, "jsonValue"],
]);
const TEXT_MOST = 4_096;
const INT_MOST = 2 ** 31 - 1;
/** Of steps: .1 + .2 is .3. */
const NEAR = 1e-9;

/** Why a definition cannot have a value, in words with the range; undefined: it can. */
export function valueProblem(definition: Definition, { kind }: Value): string | undefined {
  const wanted = KIND.get(definition.type);
  if (kind.case !== wanted) return `wants ${rangeOf(definition)}`;
  switch (kind.case) {
    case "intValue":
    case "doubleValue":
      return isNumberIn(definition, kind.value) ? undefined : `wants ${rangeOf(definition)}`;
    case "stringValue":
      if (definition.type === ValueType.ENUM)
        return definition.values.includes(kind.value) ? undefined : `wants ${rangeOf(definition)}`;
      return isTextIn(definition, kind.value) ? undefined : `wants ${rangeOf(definition)}`;
    case "jsonValue":
      return isTextIn(definition, kind.value) && isJson(kind.value)
        ? undefined
        : `wants ${rangeOf(definition)}`;
    default:
      return undefined;
  }
}

/** `int 0..100, steps of 5`. */
export function rangeOf(definition: Definition): string {
  const { type, min, max, step, values, unit } = definition;
  if (type === ValueType.BOOL) return "true or false";
  if (type === ValueType.ENUM) return `one of ${values.join(", ")}`;
  const [least, most] = limits(definition);
  if (type === ValueType.STRING) return `text of ${least}..${most} bytes`;
  if (type === ValueType.JSON) return `JSON of ${least}..${most} bytes`;
  const kind = type === ValueType.INT ? "an integer" : "a number";
  const steps = step === undefined ? "" : `, steps of ${step}`;
  const bounds = min === undefined && max === undefined && type !== ValueType.INT ? "" : ` ${least}..${most}`;
  return `${kind}${bounds}${steps}${unit === "" ? "" : ` ${unit}`}`;
}

export function limits({ type, min, max }: Definition): [number, number] {
  if (type === ValueType.STRING || type === ValueType.JSON)
    return [min ?? 0, Math.min(max ?? TEXT_MOST, TEXT_MOST)];
  const most = type === ValueType.INT ? INT_MOST : Number.MAX_VALUE;
  return [min ?? -most, max ?? most];
}

function isNumberIn(definition: Definition, value: number): boolean {
  const [least, most] = limits(definition);
  if (!Number.isFinite(value) || value < least || value > most) return false;
  const { type, step, min = 0 } = definition;
  if (type === ValueType.INT && !Number.isInteger(value)) return false;
  if (step === undefined) return true;
  const steps = (value - min) / step;
  return Math.abs(steps - Math.round(steps)) < NEAR * Math.max(1, Math.abs(steps));
}

function isTextIn(definition: Definition, value: string): boolean {
  const [least, most] = limits(definition);
  const bytes = Buffer.byteLength(value);
  return bytes >= least && bytes <= most && value.isWellFormed() && !value.includes("\u0000");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
