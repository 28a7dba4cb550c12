/** Who is at each place, or of each household, in the order of their ids. */
export interface Presence {
  at(placeId: string): readonly string[];
  come(placeId: string, npcId: string): void;
  go(placeId: string, npcId: string): void;
  /** All of it, for whoever compares. */
  listed(): readonly (readonly [placeId: string, npcIds: readonly string[]])[];
}

const NOBODY: readonly string[] = [];

export function createPresence(): Presence {
  const places = new Map<string, string[]>();
  return {
    at: (placeId) => places.get(placeId) ?? NOBODY,
    come(placeId, npcId) {
      if (placeId === "") return;
      const there = places.get(placeId) ?? [];
      const at = placeIn(there, npcId);
      if (there[at] !== npcId) there.splice(at, 0, npcId);
      places.set(placeId, there);
    },
    go(placeId, npcId) {
      const there = places.get(placeId);
      const at = there === undefined ? 0 : placeIn(there, npcId);
      if (there?.[at] !== npcId) return;
      there.splice(at, 1);
      if (there.length === 0) places.delete(placeId);
    },
    listed: () => [...places].sort(([one], [other]) => (one < other ? -1 : 1)),
  };
}

/** Where an id stands among others, or would. */
function placeIn(ids: readonly string[], id: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ids[middle] as string) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
