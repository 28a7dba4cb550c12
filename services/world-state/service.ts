import { defineService } from "@orrery/service";
import { figures } from "./figures.ts";
import { regions } from "./regions.ts";
import { rpc } from "./rpc.ts";

export default defineService({
  id: "world-state",
  summary: "What is where in a world, region by region, as all others may rely on it.",
  aggregate: regions,
  parts: [figures],
  rpc,
});
