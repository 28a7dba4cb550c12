import type { Motion } from "@orrery/atlas";
import { DeltaOp, EntityKind, type EntityDelta, type WorldStateUpdated } from "@orrery/schema/world/v1";

/** Somebody as the page knows them. */
export interface Someone {
  readonly id: string;
  readonly name: string;
  /** `baker`. */
  readonly role: string;
  /** `work`; "": on the way, or nothing in particular. */
  readonly activity: string;
  readonly regionId: string;
  /** "": on the way. */
  readonly placeId: string;
  readonly motion: Motion | undefined;
}

export interface People {
  readonly all: ReadonlyMap<string, Someone>;
  take(update: WorldStateUpdated): void;
  /** Who is at a place, or on the way in none. */
  at(placeId: string): number;
}

const ASLEEP = "sleep";
const afterColon = (id: string) => id.slice(id.indexOf(":") + 1).replaceAll("-", " ");
export const isAwake = ({ activity }: Someone) => activity !== ASLEEP;

/** People of the world, put together from how regions change. */
export function createPeople(): People {
  const all = new Map<string, Someone>();
  const counts = new Map<string, number>();
  const count = (placeId: string, by: number) => counts.set(placeId, (counts.get(placeId) ?? 0) + by);

  function put(someone: Someone): void {
    const before = all.get(someone.id);
    if (before !== undefined) count(before.placeId, -1);
    count(someone.placeId, 1);
    all.set(someone.id, someone);
  }
  function takeDelta(delta: EntityDelta, regionId: string): void {
    const { entityId: id, op, set, unset, motion, placeId } = delta;
    const before = all.get(id);
    if (op === DeltaOp.REMOVED) {
      // Who passed a border may be known in the next region already.
      if (before === undefined || before.regionId !== regionId) return;
      count(before.placeId, -1);
      all.delete(id);
      return;
    }
    const propOf = (name: string, known: string) => {
      if (unset.includes(name)) return "";
      const { value } = set[name] ?? {};
      return value?.case === "text" ? value.value : known;
    };
    const activity = propOf("npc.activity", "");
    put({
      id,
      name: propOf("npc.name", before?.name ?? id),
      role: set["npc.role"] === undefined ? (before?.role ?? "") : afterColon(propOf("npc.role", "")),
      activity:
        set["npc.activity"] === undefined && !unset.includes("npc.activity")
          ? (before?.activity ?? "")
          : afterColon(activity),
      regionId,
      placeId,
      motion: motion ?? before?.motion,
    });
  }

  return {
    all,
    take({ regionId, deltas }) {
      for (const delta of deltas) if (delta.kind === EntityKind.NPC) takeDelta(delta, regionId);
    },
    at: (placeId) => counts.get(placeId) ?? 0,
  };
}
