import type { Slot } from "./slot.ts";

/**
 * Keys that are busy on an ordered subscription, and what waits behind each. Keys belong to a world; an
 * empty key is the world's own.
 */
export interface KeyOrder {
  /** Whether any key is held; asked for each event. */
  holdsAny(): boolean;
  isHeld(world: string, key: string): boolean;
  hold(world: string, key: string): void;
  /** Queues behind the held key. */
  park(slot: Slot): void;
  /** Gives the key to the next in line and answers it; frees the key when nobody waits. */
  release(world: string, key: string): Slot | undefined;
  /** Frees everything; answers what was parked. */
  clear(): Slot[];
}

export function createKeyOrder(): KeyOrder {
  const held = new Map<string, Slot[]>();
  const name = (world: string, key: string) => `${world}\n${key}`;
  return {
    holdsAny: () => held.size !== 0,
    isHeld: (world, key) => held.has(name(world, key)),
    hold(world, key) {
      held.set(name(world, key), []);
    },
    park(slot) {
      held.get(name(slot.world, slot.key))?.push(slot);
    },
    release(world, key) {
      const full = name(world, key);
      const next = held.get(full)?.shift();
      if (next === undefined) held.delete(full);
      return next;
    },
    clear() {
      const parked = [...held.values()].flat();
      held.clear();
      return parked;
    },
  };
}
