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
  /** Of one service no two live ones share an address. */
  const addresses = new Map<string, Live>();
  const place = (serviceId: string, address: string) => `${serviceId}\n${address}`;

  function* places({ registration }: Live): Iterable<readonly [Map<string, Set<Live>>, string]> {
    yield [services, registration.serviceId];
    for (const { type, name } of registration.capabilities) {
      yield [types, type];
      yield [names, name];
    }
  }

  const addressesOf = ({ registration }: Live) =>
    registration.endpoints.map(({ address }) => place(registration.serviceId, address));

  return {
    add(live) {
      for (const [map, key] of places(live)) {
        const set = map.get(key);
        if (set === undefined) map.set(key, new Set([live]));
        else set.add(live);
      }
      for (const at of addressesOf(live)) addresses.set(at, live);
    },
    remove(live) {
      for (const [map, key] of places(live)) {
        const set = map.get(key);
        set?.delete(live);
        if (set?.size === 0) map.delete(key);
      }
      for (const at of addressesOf(live)) if (addresses.get(at) === live) addresses.delete(at);
    },
    ofService: (serviceId) => services.get(serviceId) ?? NONE,
    ofCapability: (type) => types.get(type) ?? NONE,
    ofNamedCapability: (name) => names.get(name) ?? NONE,
    at: (serviceId, wanted) => [
      ...new Set(wanted.flatMap((address) => addresses.get(place(serviceId, address)) ?? [])),
    ],
    services: () => services,
  };
}
