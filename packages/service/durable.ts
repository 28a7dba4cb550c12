import type { SubscriptionSpec } from "@orrery/bus";
import type { ServiceDefinition } from "./define.ts";
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

/** Every subscription in which something waits for this service while it does not run. */
export function durableSubscriptions(definition: ServiceDefinition<any>, instance: string): Heard[] {
  const { id: service, aggregate, parts } = definition;
  const own = parts.flatMap((part) => {
    const { durable } = part;
    return durable === undefined ? [] : [durableSubscription({ service, instance }, { ...part, durable })];
  });
  // One writer takes in what an aggregate hears, in the order in which it was said.
  if (aggregate === undefined || aggregate.subscribes.length === 0) return own;
  const writer = { ...aggregate, durable: { order: "key" } as const };
  return [durableSubscription({ service, instance }, writer), ...own];
}
