import { defineService } from "@orrery/service";
import { earlier } from "./earlier.ts";
import { figures } from "./figures.ts";
import { forecasts } from "./forecast-part.ts";
import { samples } from "./migrations/001-samples.ts";
import { rpc } from "./rpc.ts";
import { sampler } from "./sampler.ts";
import { weather } from "./weather.ts";

export default defineService({
  id: "weather-manager",
  summary:
    "The weather of every region: fronts, skies, ground, warnings, and forecasts with honest confidence.",
  aggregate: weather,
  parts: [sampler, forecasts, earlier, figures],
  rpc,
  migrations: { "001-samples": samples },
});
