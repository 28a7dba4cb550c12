import {
  type GetTopologyResponseInit,
  InstanceState,
  type ServiceNodeInit,
} from "@orrery/schema/capability/v1";
import { matchesType } from "@orrery/service";
import type { Book } from "./book.ts";
import type { Live } from "./live.ts";

/**
 * Who publishes, who hears, and what does not fit together, of all that live.
 * @param deadLetters by service
 */
export function topologyOf(book: Book, deadLetters: ReadonlyMap<string, number>): GetTopologyResponseInit {
  const services = [...book.index.services()].sort(([a], [b]) => (a < b ? -1 : 1));
  const nodes = services.map(([serviceId, lives]) => nodeOf(serviceId, [...lives], deadLetters));
  const publishers = byType(nodes, ({ publishes }) => publishes);
  const subscribers = byType(nodes, ({ subscribes }) => subscribes);
  const outside = new Set(services.flatMap(([, lives]) => [...lives].flatMap(outsideOf)));
  const known = [...publishers.keys(), ...outside];
  const heard = [...subscribers.keys()];
  const types = new Set([...publishers.keys(), ...heard.filter((type) => !type.endsWith("*"))]);
  const hearing = (type: string) =>
    [...subscribers].flatMap(([pattern, ids]) => (matchesType(pattern, type) ? ids : []));
  return {
    services: nodes,
    events: [...types].sort().map((type) => ({
      type,
      publishers: publishers.get(type) ?? [],
      subscribers: [...new Set(hearing(type))].sort(),
    })),
    unpublished: pairs(subscribers, (pattern) => !known.some((type) => matchesType(pattern, type))),
    unheard: pairs(publishers, (type) => !heard.some((pattern) => matchesType(pattern, type))),
    fingerprints: fingerprintsOf(services.flatMap(([, lives]) => [...lives])),
  };
}

const outsideOf = ({ registration }: Live): readonly string[] => registration.outside;

function nodeOf(serviceId: string, lives: readonly Live[], deadLetters: ReadonlyMap<string, number>) {
  const all = (of: (live: Live) => readonly string[]) => [...new Set(lives.flatMap(of))].sort();
  const node = {
    serviceId,
    instances: lives.length,
    ready: lives.filter(({ state }) => state === InstanceState.READY).length,
    versions: all(({ registration }) => [registration.version]),
    publishes: all(({ registration }) => registration.publishes),
    subscribes: all(({ registration }) => registration.subscribes),
    serves: all(({ registration }) =>
      registration.capabilities.flatMap(({ type, name }) => (type === "rpc" ? [name] : [])),
    ),
    sources: all(({ sourceId }) => [sourceId]),
    deadLetters: deadLetters.get(serviceId) ?? 0,
  } satisfies ServiceNodeInit;
  return node;
}

type Node = ReturnType<typeof nodeOf>;

/** Services by the types that they name. */
function byType(
  nodes: readonly Node[],
  of: (node: Node) => readonly string[],
): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const node of nodes)
    for (const type of of(node)) found.set(type, [...(found.get(type) ?? []), node.serviceId]);
  return found;
}

const pairs = (services: ReadonlyMap<string, readonly string[]>, isWanted: (type: string) => boolean) =>
  [...services]
    .filter(([type]) => isWanted(type))
    .flatMap(([type, ids]) => ids.map((serviceId) => ({ type, serviceId })))
    .sort((a, b) => (a.type < b.type ? -1 : 1));

function fingerprintsOf(lives: readonly Live[]) {
  const found = new Map<string, string[]>();
  for (const { id, registration } of lives) {
    const ids = found.get(registration.schemaFingerprint) ?? [];
    found.set(registration.schemaFingerprint, ids);
    ids.push(id);
  }
  return [...found].map(([schemaFingerprint, instanceIds]) => ({ schemaFingerprint, instanceIds }));
}
