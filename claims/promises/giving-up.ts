import { held, type Promised } from "./promise.ts";

const SHARD = "packages/simulation/giving-up.test.ts";

export const givingUp: readonly Promised[] = [
  {
    id: "giving-up.retry-in-a-frame",
    sentence:
      "An event of a world that failed and is tried again is taken once, in its place, whatever its neighbours in the frame did",
    heldBy: held(SHARD, "an hour refused once and another that dies once, in one frame"),
  },
  {
    id: "giving-up.one-letter-each",
    sentence:
      "Each event that a handler refuses, rejects or dies on becomes one dead letter, and takes effect once when it is redriven after the cause is mended",
    heldBy: held(
      SHARD,
      "a handler that dies for six events",
      "a handler that rejects for six events",
      "a handler that refuses for good for six events",
      "a handler that refuses until the plan is over for six events",
      "a redrive that fails again is one letter, a generation up",
    ),
  },
  {
    id: "giving-up.outlives-restarts",
    sentence:
      "What was given up stays given up across restarts: later events do not cover it, it is not taken beside its letter, and its redrive is taken once",
    heldBy: held(
      SHARD,
      "a letter outlives a restart",
      "an event that was given up before a crash and comes again",
      "an event of a world that is not known yet waits for it",
      "a delivery from before two redrives, passed over",
    ),
  },
  {
    id: "giving-up.parked",
    sentence:
      "An event that fails longer than a moment waits by itself: its world's other events and all other worlds go on, and health names it",
    heldBy: held(SHARD, "an event that fails a whole round is parked"),
  },
];
