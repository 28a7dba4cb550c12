import { defineService } from "@orrery/service";
import { figures } from "./figures.ts";
import { people } from "./people.ts";
import { rpc } from "./rpc.ts";

export default defineService({
  id: "npc-behavior",
  summary: "The people of a world: their needs and days decide what they do and where they go.",
  aggregate: people,
  parts: [figures],
  rpc: [rpc],
});
