import { OrreryError } from "@orrery/wire";
import { stateErrors } from "../errors.ts";
import type { Value } from "./model.ts";
import { refuse } from "./refuse.ts";
import { setAt } from "./set-at.ts";

export interface Increment {
  readonly path: string;
  readonly by: Value;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

/** An int plus an int stays an int; with a double on either side it is a double. @throws STATE_RANGE, STATE_SCHEMA */
export function increment(value: Value | undefined, { path, by, min, max }: Increment): Value {
  return setAt(value, path, (found) => {
    const sum = add(found, by, path);
    const beyond = (min !== undefined && sum < min) || (max !== undefined && sum > max);
    const lost = typeof sum === "bigint" ? sum < INT64.least || sum > INT64.most : !Number.isFinite(sum);
    if (beyond || lost)
      throw new OrreryError(stateErrors.STATE_RANGE, {
        given: `${path || "the value"}: ${found ?? 0} and ${by} is ${sum}, ${min ?? "…"} to ${max ?? "…"}`,
      });
    return sum;
  });
}

function add(found: Value | undefined, by: Value, path: string): bigint | number {
  if (typeof by !== "bigint" && typeof by !== "number")
    return refuse(path, "incremented by what is no number");
  if (found === undefined) return by;
  if (typeof found === "bigint" && typeof by === "bigint") return found + by;
  if (typeof found === "bigint" || typeof found === "number") return Number(found) + Number(by);
  return refuse(path, "no number to increment");
}
