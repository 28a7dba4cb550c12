import type { Region } from "@orrery/schema/world/v1";

/** Of each region those that share a border with it, in the regions' order: their outlines have two spots in common. */
export function bordersOf(
  regions: readonly Pick<Region, "id" | "outline">[],
): ReadonlyMap<string, readonly string[]> {
  const at = new Map<string, Set<number>>();
  regions.forEach(({ outline }, region) => {
    for (const { xKm, yKm } of outline) {
      const spot = `${xKm} ${yKm}`;
      const there = at.get(spot) ?? new Set();
      at.set(spot, there.add(region));
    }
  });
  const common = regions.map(() => regions.map(() => 0));
  for (const there of at.values())
    for (const one of there)
      for (const other of there) {
        const row = common[one];
        if (row !== undefined && one !== other) row[other] = (row[other] ?? 0) + 1;
      }
  return new Map(
    regions.map(({ id }, one) => [
      id,
      regions.filter((_, other) => (common[one]?.[other] ?? 0) > 1).map(({ id: next }) => next),
    ]),
  );
}
