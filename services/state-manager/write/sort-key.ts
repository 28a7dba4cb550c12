import { Buffer } from "node:buffer";
import type { Value } from "../value/model.ts";

const KIND = { bool: 1, number: 2, text: 3 } as const;
const TEXT_MOST = 128;

/**
 * Bytes that compare as the values do: bools, numbers, texts; ints and doubles by value. Undefined where the value
 * has no place in an index.
 */
export function sortKey(value: Value | undefined): Buffer | undefined {
  if (typeof value === "boolean") return Buffer.from([KIND.bool, Number(value)]);
  if (typeof value === "number" || typeof value === "bigint") return numberKey(Number(value));
  if (typeof value !== "string") return undefined;
  return Buffer.concat([Buffer.from([KIND.text]), Buffer.from(value).subarray(0, TEXT_MOST)]);
}

/** IEEE 754 with the sign turned, or all bits of a negative one. */
function numberKey(value: number): Buffer {
  const key = Buffer.alloc(9);
  key[0] = KIND.number;
  key.writeDoubleBE(Object.is(value, -0) ? 0 : value, 1);
  const negative = ((key[1] as number) & 0x80) !== 0;
  for (let i = 1; i < 9; i++) key[i] = negative ? ~(key[i] as number) & 0xff : (key[i] as number);
  if (!negative) key[1] = (key[1] as number) | 0x80;
  return key;
}
