// Ways to hurt bytes, by a seeded generator.

/** Whole numbers below `below`; the same seed gives the same ones (mulberry32). */
export function createDice(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

type Dice = (below: number) => number;
type Damage = (bytes: Uint8Array, dice: Dice) => Uint8Array;

const cut: Damage = (bytes, dice) => bytes.slice(0, dice(bytes.length));
const flip: Damage = (bytes, dice) => {
  const out = bytes.slice();
  if (out.length > 0) out[dice(out.length)]! ^= 1 << dice(8);
  return out;
};
const scribble: Damage = (bytes, dice) => {
  const out = bytes.slice();
  for (let i = dice(8); i >= 0 && out.length > 0; i--) out[dice(out.length)] = dice(256);
  return out;
};
const insert: Damage = (bytes, dice) => {
  const at = dice(bytes.length + 1);
  const junk = Uint8Array.from({ length: 1 + dice(12) }, () => dice(256));
  return join(bytes.subarray(0, at), junk, bytes.subarray(at));
};
const drop: Damage = (bytes, dice) => {
  const at = dice(bytes.length);
  return join(bytes.subarray(0, at), bytes.subarray(at + 1 + dice(8)));
};
/** A length or varint of the largest kind in the middle. */
const huge: Damage = (bytes, dice) => {
  const out = bytes.slice();
  const at = dice(out.length + 1);
  for (let i = 0; i < 5 && at + i < out.length; i++) out[at + i] = i === 4 ? 0x0f : 0xff;
  return out;
};
const swap: Damage = (bytes, dice) => {
  const at = dice(bytes.length);
  return join(bytes.subarray(at), bytes.subarray(0, at));
};
const noise: Damage = (_bytes, dice) => Uint8Array.from({ length: dice(200) }, () => dice(256));

const WAYS = [cut, flip, flip, scribble, insert, drop, huge, swap, noise];

/** `bytes`, hurt once in one of many ways. */
export function damage(bytes: Uint8Array, dice: Dice): Uint8Array {
  return WAYS[dice(WAYS.length)]!(bytes, dice);
}

/** `levels` messages within each other, each as field `no`. */
export function nested(no: number, levels: number): Uint8Array {
  let bytes = new Uint8Array(0);
  for (let i = 0; i < levels; i++) {
    const length: number[] = [];
    for (let rest = bytes.length; ; rest >>>= 7) {
      if (rest < 128) {
        length.push(rest);
        break;
      }
      length.push((rest & 127) | 128);
    }
    bytes = join(Uint8Array.of((no << 3) | 2, ...length), bytes);
  }
  return bytes;
}

export function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
