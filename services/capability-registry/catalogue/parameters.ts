import {
  type Parameter,
  ParameterKind,
  type ParameterSetting,
  type ParameterValue,
} from "@orrery/schema/capability/v1";

/** What is wrong with a value; undefined: nothing. */
export function valueProblem(parameter: Parameter, { value }: ParameterValue): string | undefined {
  const { name, kind, min, max, values } = parameter;
  switch (kind) {
    case ParameterKind.BOOL:
      return value.case === "flag" ? undefined : `${name} is true or false`;
    case ParameterKind.NUMBER:
      if (value.case !== "number" || !Number.isFinite(value.value)) return `${name} is a number`;
      if (min !== undefined && value.value < min) return `${name} is at least ${min}`;
      return max !== undefined && value.value > max ? `${name} is at most ${max}` : undefined;
    case ParameterKind.STRING:
      if (value.case !== "text") return `${name} is text`;
      return value.value.length > LONGEST ? `${name} has at most ${LONGEST} characters` : undefined;
    case ParameterKind.ENUM:
      return value.case === "text" && values.includes(value.value)
        ? undefined
        : `${name} is one of ${values.join(", ")}`;
    default:
      return `${name} has no kind`;
  }
}

const LONGEST = 1_000;

/** What is wrong with a directive's parameters; undefined: nothing. Those that are left out have their defaults. */
export function settingsProblem(
  parameters: readonly Parameter[],
  settings: readonly ParameterSetting[],
): string | undefined {
  const seen = new Set<string>();
  for (const { name, value } of settings) {
    const parameter = parameters.find((one) => one.name === name);
    if (parameter === undefined) return `there is no parameter ${name.slice(0, 80)}`;
    if (seen.has(name)) return `${name} is set twice`;
    seen.add(name);
    const problem = value === undefined ? `${name} has no value` : valueProblem(parameter, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** As they are where nobody sets them. */
export const defaultSettings = (parameters: readonly Parameter[]) =>
  parameters.flatMap(({ name, default: value }) => (value === undefined ? [] : [{ name, value }]));
