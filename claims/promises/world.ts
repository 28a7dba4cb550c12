import { held, type Promised } from "./promise.ts";

export const world: readonly Promised[] = [
  {
    id: "world.stands-still-alone",
    sentence:
      "A world that cannot begin, cannot be read or is not known yet stands still by itself: health names it with the reason, all other worlds go on, and once it can it takes in everything that was said meanwhile",
    heldBy: held(
      "packages/simulation/parked.test.ts",
      "stands still by itself: the others go on at once, and health says which and why",
      "goes on by itself once it can, with all that was said meanwhile, in order",
      "has lost nothing when the process was stopped while it stood still",
      "what is said in a world before its beginning waits for that, and holds up nobody",
      "an event that had waited and is refused leaves its neighbours alone",
      "a state that cannot be read is its own world's trouble",
    ),
  },
  {
    id: "world.fork-where-asked",
    sentence:
      "A fork begins at the very game second or journal place that was asked for, or is refused with the nearest places that can be had; forks of forks too",
    heldBy: held(
      "apps/cli/run/fork-places.test.ts",
      "begins behind that very event, or names places behind which it can",
      "shows the game second that was asked for, between two edges and inside a skip too",
      "is the same there as its parent was: from it on, both say the same",
      "is refused for a moment that never was, and told which was the nearest",
      "of a fork may lie before that one began: it takes its parent's past",
    ),
  },
  {
    id: "world.drop-is-known",
    sentence: "A fork cannot be asked to do without an event that nobody says",
    heldBy: held(
      "apps/cli/run/fork-places.test.ts",
      "that is dropped a type or a key that nobody says is refused",
    ),
  },
  {
    id: "world.offline-policy",
    sentence:
      "What a clock shall do after an absence is checked at the call, and no value keeps it from going on",
    heldBy: held(
      "services/time-manager/driver.test.ts",
      "is refused at the call where it cannot be meant",
      "that catches up with nothing at all lets the clock go on",
    ),
  },
  {
    id: "world.turn-that-fails",
    sentence:
      "A clock that cannot be moved is tried again after longer and longer pauses, and health says why",
    heldBy: held(
      "services/time-manager/driver.test.ts",
      "is tried again after longer and longer pauses, named in health, and goes through once it can",
    ),
  },
  {
    id: "world.host-clock",
    sentence:
      "When the host's clock is set, back or ahead, running or stopped, a world goes on from where it stood and says so",
    heldBy: held(
      "services/time-manager/driver.test.ts",
      "is set back while the process is away: the world goes on from where it stood, and says why",
      "is set back while the world runs: not a second of it is repeated or waited for",
      "is set ahead while the world runs: it goes on at the host's new time without the hour",
    ),
  },
  {
    id: "world.skip-can-be-stopped",
    sentence:
      "A skip can be ended: by `orrery time cancel`, by holding the clock and by Ctrl-C, each of which says where the clock stands; more than 62 days want `--yes`",
    heldBy: [
      ...held(
        "apps/cli/run/fast-forward.test.ts",
        "unless --yes says that it is meant",
        "ends by Ctrl-C where the clock has come to, and says so",
        "ends by `orrery time cancel`, and whoever waits for it is told",
        "ends by `orrery time pause`, and whoever waits for it is told",
      ),
      ...held(
        "services/time-manager/clock.test.ts",
        "ends a skip where it has come to, also under a name that holds already",
      ),
    ],
  },
  {
    id: "world.any-name-holds",
    sentence: "A hold of any name holds the clock, until it is released under that name",
    heldBy: held(
      "services/time-manager/clock.test.ts",
      "holds under whatever name it is given, and only that name releases it",
    ),
  },
];
