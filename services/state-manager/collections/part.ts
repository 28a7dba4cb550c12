import type { Part } from "@orrery/service";
import type { StateTables } from "../tables.ts";
import { createRegistry, type Registry } from "./registry.ts";
import { takeOver } from "./rows.ts";
import { standardCollections } from "./standard.ts";

/** The worlds there are, and what each keeps. */
export const collections: Part<Registry> = {
  name: "collections",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const registry = createRegistry(standardCollections);
    await takeOver(kit.store.as<StateTables>(), registry);
    return { handle: registry, async stop() {} };
  },
};
