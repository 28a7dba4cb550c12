import { defineService } from "@orrery/service";
import { prices } from "./migrations/001-prices.ts";
import { control } from "./migrations/002-control.ts";
import { records } from "./migrations/003-records.ts";
import { realm } from "./realm/aggregate.ts";
import { controlHistory } from "./realm/control-history.ts";
import { figures as marketFigures } from "./realm/figures.ts";
import { history } from "./realm/history.ts";
import { record } from "./record/record.ts";
import { regions } from "./regions/aggregate.ts";
import { figures } from "./regions/figures.ts";
import { newcomers } from "./regions/newcomers.ts";
import { rpc } from "./rpc.ts";

export default defineService({
  id: "world-state",
  summary:
    "What worlds there are, what is where in each, region by region, what it lives on (goods, prices, roads), and whose it is.",
  aggregate: [realm, regions],
  parts: [record, history, controlHistory, newcomers, figures, marketFigures],
  rpc: [rpc],
  migrations: { "001-prices": prices, "002-control": control, "003-records": records },
});
