import type { Content } from "@orrery/schema/state/v1";
import { fromMessage } from "./message.ts";
import type { Value } from "./model.ts";
import { readJson } from "./read-json.ts";
import { refuse } from "./refuse.ts";

/** @throws STATE_SCHEMA, STATE_TOO_DEEP */
export function readContent(given: Content | undefined): Value {
  const content = given?.content;
  if (content?.case === "json") return readJson(content.value);
  if (content?.case === "value") return fromMessage(content.value);
  return refuse("", "no content");
}
