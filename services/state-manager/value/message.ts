import { type Value as Message, Value as Codec, type ValueInit } from "@orrery/schema/state/v1";
import { encodeBytes } from "@orrery/wire";
import { isList, isMap, type Value } from "./model.ts";
import { checkDepth, checkDouble, checkKey, checkText, refuse } from "./refuse.ts";

/** Reads what came in. @throws STATE_SCHEMA, STATE_TOO_DEEP */
export function fromMessage({ kind }: Message, path = "", depth = 1): Value {
  checkDepth(depth);
  switch (kind.case) {
    case "nullValue":
      return null;
    case "boolValue":
    case "intValue":
    case "bytesValue":
      return kind.value;
    case "doubleValue":
      return checkDouble(kind.value, path);
    case "stringValue":
      return checkText(kind.value, path);
    case "listValue":
      return kind.value.items.map((item, i) => fromMessage(item, `${path}/${i}`, depth + 1));
    case "mapValue": {
      const map: Record<string, Value> = {};
      for (const { key, value } of kind.value.entries) {
        checkKey(key, map, path);
        if (value === undefined) refuse(`${path}/${key}`, "nothing");
        map[key] = fromMessage(value, `${path}/${key}`, depth + 1);
      }
      return map;
    }
    default:
      return refuse(path, "nothing");
  }
}

/** Maps in the order of their keys: equal values have equal bytes. */
export function toMessage(value: Value): ValueInit {
  if (value === null) return { kind: { case: "nullValue", value: true } };
  switch (typeof value) {
    case "boolean":
      return { kind: { case: "boolValue", value } };
    case "bigint":
      return { kind: { case: "intValue", value } };
    case "number":
      return { kind: { case: "doubleValue", value } };
    case "string":
      return { kind: { case: "stringValue", value } };
  }
  if (value instanceof Uint8Array)
    return { kind: { case: "bytesValue", value: value as Uint8Array<ArrayBuffer> } };
  if (isList(value)) return { kind: { case: "listValue", value: { items: value.map(toMessage) } } };
  const entries = isMap(value)
    ? Object.keys(value)
        .sort()
        .map((key) => ({ key, value: toMessage(value[key] as Value) }))
    : [];
  return { kind: { case: "mapValue", value: { entries } } };
}

export function encodeValue(value: Value): Uint8Array {
  return encodeBytes(Codec, toMessage(value));
}

export function decodeValue(bytes: Uint8Array): Value {
  return fromMessage(Codec.decode(bytes));
}
