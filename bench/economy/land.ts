import { ControlSampled, FactionActed, FactionAction, RegionControlChanged } from "@orrery/schema/world/v1";

const NAMES = new Map(
  Object.entries(FactionAction).map(([name, action]) => [action as FactionAction, name.toLowerCase()]),
);

/** Counts what factions did, and how land changed hands. */
export function watchLand() {
  const holders = new Map<string, string>();
  const deeds: Record<string, number> = {};
  let [changes, mostLands, vanished] = [0, 0, 0];
  return {
    take(type: string, payload: Uint8Array): void {
      if (type === FactionActed.typeName) {
        const name = NAMES.get(FactionActed.decode(payload).action) ?? "";
        deeds[name] = (deeds[name] ?? 0) + 1;
      }
      if (type === RegionControlChanged.typeName) {
        const { holderId, prevHolderId } = RegionControlChanged.decode(payload);
        if (holderId !== prevHolderId) changes += 1;
      }
      if (type !== ControlSampled.typeName) return;
      const { regionIds, factionIds, holderIds } = ControlSampled.decode(payload);
      regionIds.forEach((id, at) => holders.set(id, holderIds[at] ?? ""));
      const lands = factionIds
        .slice(1)
        .map((id) => [...holders.values()].filter((holder) => holder === id).length);
      mostLands = Math.max(mostLands, ...lands);
      if (lands.includes(0)) vanished += 1;
    },
    found: (years: number) => ({
      holderChangesAYear: Number((changes / years).toFixed(1)),
      mostLands,
      vanished,
      deedsAYear: Object.fromEntries(
        Object.entries(deeds).map(([name, count]) => [name, Number((count / years).toFixed(1))]),
      ),
    }),
  };
}
