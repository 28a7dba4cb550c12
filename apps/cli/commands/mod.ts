import type { Command } from "commander";
import { bench } from "./bench.ts";
import { bus } from "./bus.ts";
import { capabilities } from "./capabilities.ts";
import { completion } from "./completion.ts";
import { dev } from "./dev.ts";
import { cost } from "./cost.ts";
import { events } from "./events.ts";
import { factions } from "./factions.ts";
import { key } from "./key.ts";
import { create } from "./new.ts";
import { member } from "./member.ts";
import { market } from "./market.ts";
import { people } from "./people.ts";
import { play } from "./play.ts";
import { schema } from "./schema.ts";
import { services } from "./services.ts";
import { start } from "./start.ts";
import { state } from "./state.ts";
import { status } from "./status.ts";
import { time } from "./time.ts";
import { weather } from "./weather.ts";
import { why } from "./why.ts";
import { world } from "./world.ts";

export const commands: readonly Command[] = [
  start,
  member,
  dev,
  create,
  status,
  services,
  capabilities,
  time,
  weather,
  people,
  market,
  factions,
  events,
  why,
  play,
  bus,
  state,
  key,
  cost,
  world,
  schema,
  bench,
  completion,
];
