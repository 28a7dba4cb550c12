import { murmur3 } from "./murmur3.ts";

/** So many buckets does a split divide. */
export const BUCKETS = 100_000;

const utf8 = new TextEncoder();

/** What is hashed. Neither salt nor flag has a slash, so no two places read alike. */
export const bucketInput = (salt: string, flag: string, targetingKey: string): string =>
  `${salt}/${flag}/${targetingKey}`;

/** Where somebody falls in a flag's splits, 0..99,999: the same in every process, for ever. */
export function bucketOf(salt: string, flag: string, targetingKey: string): number {
  return murmur3(utf8.encode(bucketInput(salt, flag, targetingKey))) % BUCKETS;
}
