import type { FactionShown, GetControlResponse, RegionControlChanged } from "@orrery/schema/world/v1";

/** Told apart by those who see few colours, too; a seventh faction begins anew. */
const COLOURS = ["#d9a441", "#5b9bd5", "#c96f5a", "#7fae6b", "#a884c9", "#5fb3a8"] as const;

/** Whose a region is, as the page knows it. */
export interface Holding {
  /** Empty: nobody's. */
  readonly holderId: string;
  readonly contested: boolean;
}

/** Whose the land is, and how factions are drawn. */
export interface Powers {
  readonly holdings: ReadonlyMap<string, Holding>;
  /** In the order of their ids. */
  readonly factionIds: readonly string[];
  colourOf(factionId: string): string;
  /** How things stand, for who comes now: what is told later counts. */
  begin(factions: readonly FactionShown[], control: GetControlResponse): void;
  take(changed: RegionControlChanged): void;
}

export function createPowers(): Powers {
  const holdings = new Map<string, Holding>();
  let ids: readonly string[] = [];
  return {
    holdings,
    get factionIds() {
      return ids;
    },
    colourOf(factionId) {
      const at = ids.indexOf(factionId);
      return at < 0 ? "#8f8672" : (COLOURS[at % COLOURS.length] as string);
    },
    begin(factions, { regions }) {
      ids = factions.map(({ factionId }) => factionId).sort();
      for (const { regionId, holderId, contested } of regions)
        if (!holdings.has(regionId)) holdings.set(regionId, { holderId, contested });
    },
    take({ regionId, holderId, contested }) {
      holdings.set(regionId, { holderId, contested });
    },
  };
}
