import { InvalidArgumentError } from "commander";

/** Reads numbers of a command line; commander names the option and what was given. */
type ReadNumber = (text: string) => number;

const PLAIN = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const words = (value: number) => (Number.isFinite(value) ? value.toLocaleString("en-US") : "any");

/** A whole number within its range, both ends included. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): ReadNumber {
  return (text) => {
    const value = read(text);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    const range =
      most === Number.MAX_SAFE_INTEGER ? `from ${words(least)} on` : `${words(least)} to ${words(most)}`;
    throw new InvalidArgumentError(`It must be a whole number, ${range}.`);
  };
}

/** Any number within its range, both ends included. */
export function decimal(least: number, most: number): ReadNumber {
  return (text) => {
    const value = read(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a number between ${least} and ${most}.`);
  };
}

/** NaN for what is no decimal number: Number takes "", " 1 ", 0x10 and Infinity too. */
const read = (text: string) => (PLAIN.test(text) ? Number(text) : Number.NaN);

/** Any game second: before the world's beginning they are below zero. */
export const gameSecond = whole(-Number.MAX_SAFE_INTEGER);
/** A place of the journal. */
export const ordinal = whole(0);
/** A port; 0 picks a free one. */
export const port = whole(0, 65_535);

/** `3d` or `12h` in game seconds. */
export function duration(text: string): number {
  const [, amount, unit] = /^(\d{1,9})([dh])$/.exec(text) ?? [];
  if (amount === undefined || Number(amount) === 0) throw new InvalidArgumentError("Say 3d or 12h.");
  return Number(amount) * (unit === "d" ? 86_400 : 3_600);
}
