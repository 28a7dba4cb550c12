import { brokers } from "./brokers.ts";
import { client } from "./client.ts";
import { console } from "./console.ts";
import { edge } from "./edge.ts";
import { givingUp } from "./giving-up.ts";
import { kit } from "./kit.ts";
import { large } from "./large.ts";
import type { Promised } from "./promise.ts";
import { stores } from "./stores.ts";
import { wire } from "./wire.ts";
import { world } from "./world.ts";

/** What Orrery promises, by what it is about. */
export const PROMISES: readonly Promised[] = [
  ...givingUp,
  ...stores,
  ...brokers,
  ...edge,
  ...client,
  ...wire,
  ...world,
  ...console,
  ...kit,
  ...large,
];
