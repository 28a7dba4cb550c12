import type { Part } from "@orrery/service";
import { createRegistry, type Registry } from "./registry.ts";
import { SHIPPED } from "./shipped.ts";

export const definitions: Part<Registry> = {
  name: "definitions",
  publishes: [],
  subscribes: [],
  start: async () => ({ handle: createRegistry(SHIPPED), async stop() {} }),
};
