import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { type Window, WindowSchema } from "@orrery/schema/performance/v1";
import { parse } from "yaml";

const FOLDER = join(import.meta.dirname, "..", "data", "captures");

/** Windows of a capture by its file's name; undefined: none is called so. */
export async function shippedCapture(name: string): Promise<readonly Window[] | undefined> {
  const files = await readdir(FOLDER);
  const file = files.find((one) => one === `${name}.yaml`);
  if (file === undefined) return undefined;
  return captureIn(await readFile(join(FOLDER, file), "utf8"));
}

/** Windows of a capture file: a list of them, as JSON writes messages. */
export function captureIn(text: string): readonly Window[] {
  const read = parse(text) as { readonly windows?: readonly JsonValue[] };
  return (read.windows ?? []).map((window) => fromJson(WindowSchema, window));
}
