import { OrreryError } from "@orrery/wire";
import { stateErrors } from "../errors.ts";

const DEPTH_MOST = 32;
const KEY_MOST = 256;

/** @param depth 1 for a value that lies in nothing. @throws STATE_TOO_DEEP */
export function checkDepth(depth: number): void {
  if (depth > DEPTH_MOST)
    throw new OrreryError(stateErrors.STATE_TOO_DEEP, { given: `more than ${DEPTH_MOST} levels` });
}

export function refuse(path: string, rule: string): never {
  throw new OrreryError(stateErrors.STATE_SCHEMA, { given: `${path || "the value"}: ${rule}` });
}

/** @throws STATE_SCHEMA */
export function checkText(text: string, path: string): string {
  return text.isWellFormed() ? text : refuse(path, "a string with half of a surrogate pair");
}

/** @throws STATE_SCHEMA */
export function checkKey(key: string, map: object, path: string): void {
  if (key === "__proto__") refuse(path, "the key __proto__");
  if (key.length > KEY_MOST) refuse(path, `a key of more than ${KEY_MOST} characters`);
  checkText(key, path);
  if (Object.hasOwn(map, key)) refuse(path, `the key ${JSON.stringify(key)} twice`);
}

/** @throws STATE_SCHEMA */
export function checkDouble(value: number, path: string): number {
  return Number.isFinite(value) ? value : refuse(path, `the number ${value}`);
}
