import type { Command } from "commander";
import { bench } from "./bench.ts";
import { bus } from "./bus.ts";
import { capabilities } from "./capabilities.ts";
import { completion } from "./completion.ts";
import { dev } from "./dev.ts";
import { cost } from "./cost.ts";
import { engines } from "./engines.ts";
import { events } from "./events.ts";
import { factions } from "./factions.ts";
import { flags } from "./flags.ts";
import { key } from "./key.ts";
import { create } from "./new.ts";
import { member } from "./member.ts";
import { market } from "./market.ts";
import { people } from "./people.ts";
import { pay } from "./pay.ts";
import { performance } from "./performance.ts";
import { play } from "./play.ts";
import { players } from "./players.ts";
import { routes } from "./routes.ts";
import { schema } from "./schema.ts";
import { services } from "./services.ts";
import { sessions } from "./sessions.ts";
import { settings } from "./settings.ts";
import { start } from "./start.ts";
import { state } from "./state.ts";
import { status } from "./status.ts";
import { time } from "./time.ts";
import { weather } from "./weather.ts";
import { why } from "./why.ts";
import { workflow } from "./workflow.ts";
import { world } from "./world.ts";

export const commands: readonly Command[] = [
  start,
  member,
  dev,
  create,
  status,
  services,
  sessions,
  capabilities,
  routes,
  engines,
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
  settings,
  flags,
  players,
  pay,
  performance,
  workflow,
  key,
  cost,
  world,
  schema,
  bench,
  completion,
];
