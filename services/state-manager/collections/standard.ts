import { ReadAccess, WriteAccess } from "@orrery/schema/state/v1";
import { BYTES_MOST, type Collection, collection } from "./definition.ts";

export const INVENTORY = "inventory";
export const CHARACTERS = "characters";

/** What every world has without asking. A pack adds its own. */
export const standardCollections: readonly Collection[] = [
  collection("profiles", { scope: "platform" }),
  collection(CHARACTERS, { synced: true }),
  collection("progress", { synced: true }),
  collection("records", { read: ReadAccess.PUBLIC, write: WriteAccess.NOBODY, indexes: ["/score"] }),
  collection("world", { read: ReadAccess.PUBLIC, write: WriteAccess.NOBODY }),
  collection("results", {
    scope: "platform",
    read: ReadAccess.NOBODY,
    write: WriteAccess.NOBODY,
    maxBytes: BYTES_MOST,
    history: { versions: 0, days: 0 },
  }),
  collection(INVENTORY, { write: WriteAccess.NOBODY, maxBytes: BYTES_MOST, builtIn: true }),
];
