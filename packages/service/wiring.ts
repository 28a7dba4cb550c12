import { OrreryError } from "@orrery/wire";
import { type ServiceDefinition, partsOf } from "./define.ts";
import { serviceErrors } from "./errors.ts";
import { checkSideBySide } from "./service-id.ts";

/** Types that the bus itself publishes, and what is said ahead of a world by whoever makes it. */
export const ALWAYS: readonly string[] = [
  "bus.v1.DeadLettered",
  "bus.v1.Redriven",
  "bus.v1.IntakeCommitted",
  "bus.v1.CodeAdopted",
  "world.v1.PackPart",
];

/** `weather.*` and `*` as a predicate over canonical types. */
export function matchesType(pattern: string, type: string): boolean {
  return pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

/** Publications that nobody here subscribes to: worth a report, not an error. */
export interface Wiring {
  readonly published: ReadonlyMap<string, readonly string[]>;
  readonly unheard: readonly string[];
}

/**
 * Holds what services subscribe to against what services publish.
 * @param outside types published by others that this process cannot see (an operator, other processes)
 * @throws SERVICE_DUPLICATE, SERVICE_ID_CLASH, SERVICE_UNPUBLISHED_TYPE
 */
export function checkWiring(services: readonly ServiceDefinition<any>[], outside: readonly string[]): Wiring {
  const ids = new Set<string>();
  const published = new Map<string, string[]>();
  for (const service of services) {
    if (ids.has(service.id)) throw new OrreryError(serviceErrors.SERVICE_DUPLICATE, { given: service.id });
    ids.add(service.id);
    for (const codec of partsOf(service).flatMap((part) => part.publishes)) {
      published.set(codec.typeName, [...(published.get(codec.typeName) ?? []), service.id]);
    }
  }
  checkSideBySide([...ids]);
  const known = [...published.keys(), ...outside, ...ALWAYS];
  const wanted = services.flatMap((service) =>
    partsOf(service).flatMap((part) => part.subscribes.map((type) => ({ service: service.id, type }))),
  );
  for (const { service, type } of wanted) {
    if (!known.some((candidate) => matchesType(type, candidate))) {
      throw new OrreryError(serviceErrors.SERVICE_UNPUBLISHED_TYPE, {
        given: `${service} subscribes to ${type}`,
      });
    }
  }
  const unheard = [...published.keys()].filter(
    (type) => !wanted.some((want) => matchesType(want.type, type)),
  );
  return { published, unheard };
}
