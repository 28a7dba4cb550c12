import { ReadAccess, StandardCollection, WriteAccess } from "@orrery/schema/state/v1";
import { BYTES_MOST, type Collection, collection } from "./definition.ts";

type Name = Lowercase<Exclude<keyof typeof StandardCollection, "UNSPECIFIED">>;

/** What every world has without asking, as the contract names it. A pack adds its own. */
const standard: Readonly<Record<Name, Partial<Omit<Collection, "name">>>> = {
  profiles: { scope: "platform" },
  characters: { synced: true },
  progress: { synced: true },
  records: { read: ReadAccess.PUBLIC, write: WriteAccess.NOBODY, indexes: ["/score"] },
  world: { read: ReadAccess.PUBLIC, write: WriteAccess.NOBODY },
  results: {
    scope: "platform",
    read: ReadAccess.NOBODY,
    write: WriteAccess.NOBODY,
    maxBytes: BYTES_MOST,
    history: { versions: 0, days: 0 },
  },
  inventory: { write: WriteAccess.NOBODY, maxBytes: BYTES_MOST, builtIn: true },
};

export const INVENTORY = "inventory" satisfies Name;
export const CHARACTERS = "characters" satisfies Name;

export const standardCollections: readonly Collection[] = Object.entries(standard).map(([name, given]) =>
  collection(name, given),
);
