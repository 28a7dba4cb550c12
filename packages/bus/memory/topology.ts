import { OrreryError } from "@orrery/wire";
import { busErrors } from "../errors.ts";
import type { FrameHead } from "@orrery/wire";
import type { SubscriptionSpec, Topology } from "../transport.ts";
import type { Queue } from "./queue.ts";

/** Topics and queues that exist; strict, as a real broker is. */
export function createTopology(createQueue: (spec: SubscriptionSpec) => Queue) {
  const topics = new Set<string>();
  const queues = new Map<string, Queue>();

  return {
    queues,
    ensure(topology: Topology): void {
      for (const topic of topology.topics) topics.add(`${topic.service}/${topic.lane}`);
      for (const spec of topology.subscriptions) {
        const known = queues.get(spec.id);
        if (known === undefined) queues.set(spec.id, createQueue(spec));
        else if (known.spec.order !== spec.order) {
          throw new OrreryError(busErrors.BUS_SUBSCRIPTION_CONFLICT, {
            given: `${spec.id}: order ${known.spec.order}, asked ${spec.order}`,
          });
        } else known.wantAlso(spec);
      }
    },
    checkTopic(head: FrameHead): void {
      if (topics.has(`${head.source}/${head.lane}`)) return;
      throw new OrreryError(busErrors.BUS_TOPIC_MISSING, { given: `${head.source}, lane ${head.lane}` });
    },
    queue(subscription: string): Queue {
      const queue = queues.get(subscription);
      if (queue === undefined) {
        throw new OrreryError(busErrors.BUS_SUBSCRIPTION_MISSING, { given: subscription });
      }
      return queue;
    },
  };
}
