import type { Clock } from "@orrery/bus";

/** What one piece of work takes of the thread before it lets others have it. */
const IN_ONE_GO_MS = 10;

/** @returns to be awaited between the steps of long work: other worlds, sockets and clocks live on beside it */
export function breather(clock: Clock): () => Promise<void> {
  let breathedMs = clock.now();
  return async () => {
    if (clock.now() - breathedMs < IN_ONE_GO_MS) return;
    await clock.sleep(0);
    breathedMs = clock.now();
  };
}
