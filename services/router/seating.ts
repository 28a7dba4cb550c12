import type { Hello } from "@orrery/schema/router/v1";
import { SHARES } from "./share.ts";

/**
 * With which others a session is served. Who looks at the same sits together, so that what comes for them is written
 * once; but never so many that one share takes much longer than the others. A session keeps its seat when it looks
 * elsewhere: that costs some sharing and no more.
 */
export interface Seating {
  /** Where someone who says this should sit; nothing is taken yet. */
  shareFor(hello: Hello): number;
  take(seat: Seat): void;
  leave(seat: Seat): void;
}

export interface Seat {
  /** 0..SHARES - 1. */
  readonly share: number;
  readonly hello: Hello;
}

/** Most that sit at one table. */
const TABLE = 128;

interface Table {
  readonly share: number;
  taken: number;
}

export function createSeating(): Seating {
  const taken = new Array<number>(SHARES).fill(0);
  const tables = new Map<string, Table>();
  /** Of each look the table that was begun last. */
  const newest = new Map<string, Table>();
  const nameOf = (look: string, share: number) => `${share} ${look}`;

  return {
    shareFor(hello) {
      const table = newest.get(lookOf(hello));
      return table !== undefined && table.taken < TABLE ? table.share : taken.indexOf(Math.min(...taken));
    },
    take({ share, hello }) {
      const look = lookOf(hello);
      const name = nameOf(look, share);
      let table = tables.get(name);
      if (table === undefined) {
        table = { share, taken: 0 };
        tables.set(name, table);
        newest.set(look, table);
      }
      table.taken += 1;
      taken[share] = (taken[share] ?? 0) + 1;
    },
    leave({ share, hello }) {
      const look = lookOf(hello);
      const name = nameOf(look, share);
      const table = tables.get(name);
      if (table === undefined) return;
      table.taken -= 1;
      taken[share] = (taken[share] ?? 0) - 1;
      if (table.taken > 0) return;
      tables.delete(name);
      if (newest.get(look) === table) newest.delete(look);
    },
  };
}

function lookOf({ worldId, compression, subscriptions }: Hello): string {
  const looks = subscriptions.map(({ regionIds, entityIds, types, allRegions, withoutWorld }) => [
    regionIds.toSorted(),
    entityIds.toSorted(),
    types.toSorted(),
    allRegions,
    withoutWorld,
  ]);
  return JSON.stringify([worldId, compression, looks]);
}
