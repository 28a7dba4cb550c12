import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export { describeFrame } from "./describe.ts";

/** A frame as some released version wrote it, with what it says. */
export interface Released {
  /** `v1-tables`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What `describeFrame` must answer. */
  readonly says: unknown;
}

/** Every vector of every released version: what a reader must read for ever. */
export function releasedFrames(): Released[] {
  const folder = import.meta.dirname;
  return readdirSync(folder)
    .filter((name) => name.endsWith(".frame"))
    .map((file) => {
      const name = file.slice(0, -".frame".length);
      const bytes = Uint8Array.from(readFileSync(join(folder, file)));
      return { name, bytes, says: JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) };
    });
}
