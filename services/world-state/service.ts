import { defineService } from "@orrery/service";
import { prices } from "./migrations/001-prices.ts";
import { realm } from "./realm/aggregate.ts";
import { figures as marketFigures } from "./realm/figures.ts";
import { history } from "./realm/history.ts";
import { regions } from "./regions/aggregate.ts";
import { figures } from "./regions/figures.ts";
import { newcomers } from "./regions/newcomers.ts";
import { rpc } from "./rpc.ts";

export default defineService({
  id: "world-state",
  summary: "What is where in a world, region by region, and what it lives on: goods, prices, roads.",
  aggregate: [realm, regions],
  parts: [history, newcomers, figures, marketFigures],
  rpc: [rpc],
  migrations: { "001-prices": prices },
});
