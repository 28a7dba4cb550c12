import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** Draws from one named substream. The same name always gives the same draws, in the same order. */
export interface Random {
  /** [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal, by Marsaglia's polar method. */
  normal(): number;
  /** 0 .. n - 1. */
  int(n: number): number;
  /** @throws RangeError on an empty list */
  pick<T>(from: readonly T[]): T;
  /** Poisson with this mean, by Knuth's product; for means up to about 30. */
  poisson(mean: number): number;
}

/** Substreams of a world's seed. What one consumer draws never moves what another one gets. */
export interface Streams {
  stream(...name: readonly (string | number)[]): Random;
}

const SEPARATOR = 0x1f;

/**
 * 128 bits from text by MurmurHash3 (x86, 128 bit variant's mixing over 32-bit characters; public domain,
 * Austin Appleby): names only need to be spread well, not kept secret.
 */
function spread(seed: string, name: readonly (string | number)[]): [number, number, number, number] {
  let h1 = 0x9e3779b9;
  let h2 = 0x243f6a88;
  let h3 = 0xb7e15162;
  let h4 = 0xdeadbeef;
  const take = (k: number) => {
    h1 = h2 ^ Math.imul(h1 ^ k, 597399067);
    h2 = h3 ^ Math.imul(h2 ^ k, 2869860233);
    h3 = h4 ^ Math.imul(h3 ^ k, 951274213);
    h4 = h1 ^ Math.imul(h4 ^ k, 2716044179);
  };
  for (let i = 0; i < seed.length; i++) take(seed.charCodeAt(i));
  for (const part of name) {
    take(SEPARATOR);
    const text = typeof part === "string" ? part : String(part);
    for (let i = 0; i < text.length; i++) take(text.charCodeAt(i));
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597399067);
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2869860233);
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951274213);
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2716044179);
  h1 ^= h2 ^ h3 ^ h4;
  return [h1 | 0, (h2 ^ h1) | 0, (h3 ^ h1) | 0, (h4 ^ h1) | 1];
}

/** 32 bits from text, in the same way. */
export const spreadText = (text: string): number => spread("", [text])[0];

function random(state: readonly [number, number, number, number]): Random {
  const generator = xoroshiro128plusFromState(state);
  let spare: number | undefined;
  const uniform = () => ((generator.next() >>> 5) * 67108864 + (generator.next() >>> 6)) / 9007199254740992;
  return {
    uniform,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      for (;;) {
        const u = 2 * uniform() - 1;
        const v = 2 * uniform() - 1;
        const s = u * u + v * v;
        if (s >= 1 || s === 0) continue;
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * scale;
        return u * scale;
      }
    },
    int: (n) => Math.floor(uniform() * n),
    pick(from) {
      if (from.length === 0) throw new RangeError("pick from an empty list");
      return from[Math.floor(uniform() * from.length)] as (typeof from)[number];
    },
    poisson(mean) {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = uniform(); product > limit; product *= uniform()) count++;
      return count;
    },
  };
}

/** @param seed any text; `scope` keeps services apart (`weather-manager`) */
export function streamsOf(seed: string, scope: string): Streams {
  return { stream: (...name) => random(spread(seed, [scope, ...name])) };
}
