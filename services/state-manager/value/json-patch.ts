import { OrreryError } from "@orrery/wire";
import { stateErrors } from "../errors.ts";
import { entry, isList, isMap, same, type Value } from "./model.ts";
import { at, readPointer, replaced } from "./pointer.ts";

/** One operation of RFC 6902. */
export type Step =
  | { readonly verb: "add" | "replace" | "test"; readonly path: string; readonly value: Value }
  | { readonly verb: "remove"; readonly path: string }
  | { readonly verb: "move" | "copy"; readonly path: string; readonly from: string };

/**
 * RFC 6902, all steps or none. Own code since the libraries know JSON's kinds only: they take bytes apart and confuse
 * ints with doubles. A `test` holds for numbers of equal value whatever their kind, as the RFC says.
 * @throws STATE_PATCH with the step's number from 0
 */
export function applyPatch(target: Value, steps: readonly Step[]): Value {
  let value: Value = target;
  for (const [index, step] of steps.entries()) {
    const wrong = (what: string): never => {
      throw new OrreryError(stateErrors.STATE_PATCH, {
        given: `step ${index}, ${step.verb} ${step.path}: ${what}`,
      });
    };
    const tokens = readPointer(step.path) ?? wrong("no JSON pointer");
    if (tokens.includes("__proto__")) wrong("the key __proto__");
    const mustBe = (path: readonly string[]): Value => at(value, path) ?? missing(wrong, at(value, path));
    switch (step.verb) {
      case "test": {
        const found = mustBe(tokens);
        if (!alike(found, step.value)) wrong("the value there is another one");
        break;
      }
      case "add":
        value = replaced(value, tokens, step.value, "insert") ?? wrong("nothing there to add to");
        break;
      case "replace":
        mustBe(tokens);
        value = replaced(value, tokens, step.value) ?? wrong("nothing there");
        break;
      case "remove":
        mustBe(tokens);
        if (tokens.length === 0) wrong("the whole value is removed by DELETE");
        value = replaced(value, tokens, undefined) ?? wrong("nothing there");
        break;
      default: {
        const from = readPointer(step.from) ?? wrong("`from` is no JSON pointer");
        const moved = mustBe(from);
        if (step.verb === "move") {
          if (step.path.startsWith(`${step.from}/`)) wrong("a value cannot move into itself");
          value = from.length === 0 ? value : (replaced(value, from, undefined) ?? wrong("nothing there"));
        }
        value = replaced(value, tokens, moved, "insert") ?? wrong("nothing there to add to");
      }
    }
  }
  return value;
}

/** Null is a value; only undefined is none. */
function missing(wrong: (what: string) => never, found: Value | undefined): Value {
  return found === undefined ? wrong("nothing there") : found;
}

/** Equal as RFC 6902 has it: numbers by value. */
function alike(a: Value | undefined, b: Value | undefined): boolean {
  const numbers =
    (typeof a === "bigint" || typeof a === "number") && (typeof b === "bigint" || typeof b === "number");
  // biome-ignore lint/suspicious/noDoubleEquals: 1n == 1 is what is asked
  if (numbers) return a == b;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => alike(item, b[i]));
  if (!isMap(a) || !isMap(b)) return same(a, b);
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => alike(a[key], entry(b, key)));
}
