/** A map over another one: what is put stays apart until `merge`, so that a refused request leaves nothing behind. */
export interface Overlay<V> {
  get(key: string): V | undefined;
  put(key: string, value: V): void;
  /** What was put, in the order first put. */
  changed(): IterableIterator<[string, V]>;
  merge(): void;
}

/** Where overlays end. */
export interface Base<V> {
  get(key: string): V | undefined;
  put(key: string, value: V): void;
}

export function overlay<V>(base: Base<V>): Overlay<V> {
  const own = new Map<string, V>();
  return {
    get: (key) => (own.has(key) ? own.get(key) : base.get(key)),
    put: (key, value) => void own.set(key, value),
    changed: () => own.entries(),
    merge() {
      for (const [key, value] of own) base.put(key, value);
    },
  };
}

export function baseOf<V>(map: ReadonlyMap<string, V>): Base<V> {
  return {
    get: (key) => map.get(key),
    put() {
      throw new RangeError("what was read is not changed");
    },
  };
}
