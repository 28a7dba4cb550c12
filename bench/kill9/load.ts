import { TimeService } from "@orrery/schema/time/v1";
import type { Edge } from "@orrery/cli/edge.ts";

/** Calls in flight at once. */
const WIDE = 24;

/** Sets timers over RPC as fast as they are answered, and remembers which answers came. */
export interface Load {
  readonly asked: ReadonlySet<string>;
  readonly acknowledged: ReadonlySet<string>;
  /** @returns stops it; calls that died with the server stay unanswered */
  run(edge: Edge): () => Promise<void>;
}

export function createLoad(): Load {
  const asked = new Set<string>();
  const acknowledged = new Set<string>();
  /** Asked without an answer: repeated under the same key, as a careful client does. */
  let open: string[] = [];
  let count = 0;
  return {
    asked,
    acknowledged,
    run(edge) {
      const time = edge.client(TimeService);
      let stopped = false;
      const worker = async () => {
        while (!stopped) {
          const timerId = open.shift() ?? `kill9-${++count}`;
          asked.add(timerId);
          try {
            const { now } = await time.getClock({ worldId: edge.world });
            await time.scheduleTimer({
              worldId: edge.world,
              idempotencyKey: `key-${timerId}`,
              timer: { timerId, revision: 1, dueGs: (now?.atGs ?? 0) + 600 },
            });
            acknowledged.add(timerId);
          } catch {
            open.push(timerId);
            if (stopped) return;
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }
      };
      const workers = Array.from({ length: WIDE }, worker);
      return async () => {
        stopped = true;
        await Promise.all(workers);
        open = [...new Set(open)];
      };
    },
  };
}
