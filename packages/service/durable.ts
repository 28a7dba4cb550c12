import type { SubscriptionSpec } from "@orrery/bus";
import { aggregatesOf, type ServiceDefinition } from "./define.ts";
import type { Durable, Kit, Part } from "./kit.ts";

type Heard = Pick<SubscriptionSpec, "id" | "types" | "order" | "from">;

/** The subscription of a part that says in `durable` how what it hears is kept for it. */
export function durableSubscription(
  { service, instance }: Pick<Kit, "service" | "instance">,
  part: Pick<Part, "name" | "subscribes"> & { readonly durable: Durable },
): Heard {
  const { as = part.name, order, eachCopy = false } = part.durable;
  const name = eachCopy ? `${as}-${instance}` : as;
  return { id: `${service}/${name}`, types: part.subscribes, order, from: "earliest" };
}

/** What a writer hears waits in: plain enough to name a queue. */
export const writerSubscription = (service: string, aggregate: string, shard: number) =>
  `${service}/${aggregate}-${shard}`;

/** Every subscription in which something waits for this service while it does not run. */
export function durableSubscriptions(definition: ServiceDefinition<any>, instance: string): Heard[] {
  const { id: service, parts } = definition;
  const own = parts.flatMap((part) => {
    const { durable } = part;
    return durable === undefined ? [] : [durableSubscription({ service, instance }, { ...part, durable })];
  });
  // One writer a shard takes in what an aggregate hears, in the order in which it was said.
  const writers = aggregatesOf(definition)
    .filter(({ subscribes }) => subscribes.length > 0)
    .flatMap(({ name, subscribes: types, copies = 1 }) =>
      Array.from({ length: copies }, (_, shard) => ({
        id: writerSubscription(service, name, shard),
        types,
        order: "key" as const,
        from: "earliest" as const,
      })),
    );
  return [...writers, ...own];
}
