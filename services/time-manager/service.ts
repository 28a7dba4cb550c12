import { defineService } from "@orrery/service";
import { clock } from "./clock.ts";
import { driver } from "./driver.ts";
import { figures } from "./figures.ts";
import { history } from "./history.ts";
import { segments } from "./migrations/001-segments.ts";
import { rpc } from "./rpc.ts";

export default defineService({
  id: "time-manager",
  summary: "The one clock of every world: date, phases, seasons, moons, timers, and pause, rate and skip.",
  aggregate: clock,
  parts: [figures, driver, history],
  rpc,
  migrations: { "001-segments": segments },
});
