import type { Live } from "./live.ts";

/** Live instances by what is asked for most: who they are, where they answer, what they can do. */
export interface Index {
  add(live: Live): void;
  remove(live: Live): void;
  ofService(serviceId: string): ReadonlySet<Live>;
  ofCapability(type: string): ReadonlySet<Live>;
  ofNamedCapability(name: string): ReadonlySet<Live>;
  /** Of this service at any of these addresses. */
  at(serviceId: string, addresses: readonly string[]): readonly Live[];
  services(): Iterable<readonly [string, ReadonlySet<Live>]>;
}

const NONE: ReadonlySet<Live> = new Set();

export function createIndex(): Index {
  const services = new Map<string, Set<Live>>();
  const types = new Map<string, Set<Live>>();
  const names = new Map<string, Set<Live>>();
  const addresses = new Map<string, Set<Live>>();
  const place = (serviceId: string, address: string) => `${serviceId}\n${address}`;

  function* places({ registration }: Live): Iterable<readonly [Map<string, Set<Live>>, string]> {
    yield [services, registration.serviceId];
    for (const { address } of registration.endpoints)
      yield [addresses, place(registration.serviceId, address)];
    for (const { type, name } of registration.capabilities) {
      yield [types, type];
      yield [names, name];
    }
  }

  return {
    add(live) {
      for (const [map, key] of places(live)) {
        const set = map.get(key);
        if (set === undefined) map.set(key, new Set([live]));
        else set.add(live);
      }
    },
    remove(live) {
      for (const [map, key] of places(live)) {
        const set = map.get(key);
        set?.delete(live);
        if (set?.size === 0) map.delete(key);
      }
    },
    ofService: (serviceId) => services.get(serviceId) ?? NONE,
    ofCapability: (type) => types.get(type) ?? NONE,
    ofNamedCapability: (name) => names.get(name) ?? NONE,
    at: (serviceId, wanted) => [
      ...new Set(wanted.flatMap((address) => [...(addresses.get(place(serviceId, address)) ?? NONE)])),
    ],
    services: () => services,
  };
}
