import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
/** Collects everything that nobody needs any more. */
export const collect = runInNewContext("gc") as () => void;

/** What is still needed, heap and buffers, MB; takes as long as a whole collection. */
export function liveHeapMb(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return Math.round((heapUsed + external) / 1e6);
}
