import { isMap, type Value } from "./model.ts";

/** As JSON text: ints with all their digits, doubles so that they are read as doubles again, bytes as base64. */
export function writeJson(value: Value): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return writeDouble(value);
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("base64"));
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  if (isMap(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${writeJson(value[key] as Value)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

function writeDouble(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** As plain JavaScript, for JSON Schema: ints become numbers. */
export function plain(value: Value): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, plain(own)]));
  return value;
}
