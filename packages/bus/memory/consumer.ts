import type { Consumer, Delivery } from "../transport.ts";
import type { Entry } from "./entry.ts";
import type { Queue } from "./queue.ts";

/** One member of a subscription. */
export function createConsumer(queue: Queue, released: (entry: Entry) => void, left: () => void): Consumer {
  const member = {};
  const closing = new AbortController();
  queue.join(member);

  return {
    get standby() {
      return !queue.isActive(member);
    },
    async pull(maxFrames, maxBytes, signal) {
      for (;;) {
        if (closing.signal.aborted || signal.aborted) return [];
        const taken = queue.take(member, maxFrames, maxBytes);
        if (taken.length > 0) return taken.map((entry) => delivery(queue, entry, released));
        await queue.changed(signal);
      }
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      queue.leave(member);
      left();
    },
  };
}

function delivery(queue: Queue, entry: Entry, released: (entry: Entry) => void): Delivery {
  const leaseId = entry.lease?.id ?? "";
  return {
    frame: entry.frame,
    attempt: entry.attempt,
    generation: entry.generation,
    leaseId,
    leaseExpiresMs: entry.lease?.expiresMs ?? 0,
    settle() {
      try {
        queue.settle(entry, leaseId);
      } catch (error) {
        return Promise.reject(error);
      }
      released(entry);
      return undefined;
    },
    delay: async (ms) => queue.delay(entry, leaseId, ms),
    renew: async () => queue.renew(entry, leaseId),
  };
}
