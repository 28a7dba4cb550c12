import type { Patch } from "@orrery/schema/state/v1";
import { OrreryError } from "@orrery/wire";
import { stateErrors } from "../errors.ts";
import type { Step } from "./json-patch.ts";
import { fromMessage } from "./message.ts";
import { entry, isList, isMap, type Value } from "./model.ts";
import { readJson } from "./read-json.ts";

const STEPS_MOST = 100;
/** As RFC 6902 names them, in the order of `PatchVerb`. */
const VERBS = ["add", "remove", "replace", "move", "copy", "test"] as const;

/** A patch as it came in. @throws STATE_PATCH, STATE_SCHEMA */
export function readSteps({ steps, json }: Patch): readonly Step[] {
  const read =
    json === ""
      ? steps.map((step, index): Step => {
          const verb = VERBS[step.verb - 1] ?? "";
          const value = step.value === undefined ? undefined : fromMessage(step.value);
          return stepOf(index, verb, step.path, step.from, value);
        })
      : fromJson(readJson(json));
  if (read.length > STEPS_MOST) wrong(read.length, `more than ${STEPS_MOST} steps`);
  return read;
}

function fromJson(value: Value): readonly Step[] {
  if (!isList(value)) return wrong(0, "the patch is no list");
  return value.map((own, index) => {
    if (!isMap(own)) return wrong(index, "the step is no map");
    const text = (key: string) => {
      const found = entry(own, key);
      return typeof found === "string" ? found : undefined;
    };
    const path = text("path") ?? wrong(index, "no path");
    return stepOf(index, text("op") ?? "", path, text("from"), entry(own, "value"));
  });
}

function stepOf(
  index: number,
  verb: string,
  path: string,
  from: string | undefined,
  value: Value | undefined,
): Step {
  switch (VERBS.find((known) => known === verb)) {
    case "add":
    case "replace":
    case "test":
      if (value === undefined) return wrong(index, "no value");
      return { verb: verb as "add", path, value };
    case "move":
    case "copy":
      if (from === undefined) return wrong(index, "no `from`");
      return { verb: verb as "move", path, from };
    case "remove":
      return { verb: "remove", path };
    default:
      return wrong(index, `the operation ${JSON.stringify(verb)}`);
  }
}

function wrong(index: number, what: string): never {
  throw new OrreryError(stateErrors.STATE_PATCH, { given: `step ${index}: ${what}` });
}
