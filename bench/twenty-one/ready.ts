import { setTimeout } from "node:timers/promises";
import { paced } from "@orrery/bus-conformance";
import { innerUrl, readPlan } from "@orrery/cli/run/plan.ts";

const LOOK_MS = 20;
/** Far beyond what it takes. */
const LONGEST_MS = 120_000;

/** Of processes that have one service each: by the plan that they were started by. */
const innerUrls = (data: string): readonly string[] =>
  Object.values(readPlan(data).members).flat().map(innerUrl);

const isReady = (url: string): Promise<boolean> =>
  fetch(new URL("/readyz", url)).then(
    ({ status }) => status === 200,
    () => false,
  );

/**
 * Waits until all that was started takes calls.
 * @param url of the one process; undefined: each service has its own, and says so on its inner port
 * @throws that something is not ready in time, by its address
 */
export async function whenReady(data: string, url: string | undefined): Promise<void> {
  const endMs = performance.now() + paced(LONGEST_MS);
  for (const one of url === undefined ? innerUrls(data) : [url])
    while (!(await isReady(one))) {
      if (performance.now() > endMs) throw new Error(`${one} is not ready`);
      await setTimeout(LOOK_MS);
    }
}
