import { aggregatesOf, partsOf, type ServiceDefinition } from "./define.ts";
import type { Peer } from "./kit.ts";

/** What a service is to the others: derived from its definition alone. */
export function describe(definition: ServiceDefinition<any>): Omit<Peer, "report"> {
  const parts = partsOf(definition);
  return {
    id: definition.id,
    summary: definition.summary,
    aggregates: aggregatesOf(definition).flatMap(({ of, name }) => (of === "world" ? [name] : [])),
    publishes: [...new Set(parts.flatMap((part) => part.publishes.map((codec) => codec.typeName)))].sort(),
    subscribes: [...new Set(parts.flatMap((part) => part.subscribes))].sort(),
  };
}
