import { held, type Promised } from "./promise.ts";

/** What the ground that services stand on does for whoever writes one. */
export const kit: readonly Promised[] = [
  {
    id: "kit.cut-of-one-moment",
    sentence:
      "A state is written while it goes on, as it was at one moment; what is torn is never read as a state",
    heldBy: held(
      "packages/simulation/state/cut.test.ts",
      "is the state of its moment, whatever changes while it is written (seed 1)",
      "is the state of its moment, whatever changes while it is written (seed 2)",
      "goes on from what was read back as from what was never put away",
      "that is torn is not read as a state",
    ),
  },
  {
    id: "kit.dies-half-way",
    sentence: "A handler that dies half way leaves nothing of what it did, and its input is tried again",
    heldBy: held(
      "packages/simulation/mending.test.ts",
      "leaves nothing of what it did, and is tried again (after a restart: false)",
      "leaves nothing of what it did, and is tried again (after a restart: true)",
    ),
  },
  {
    id: "kit.fork-shares",
    sentence:
      "A fork has what its parent wrote and writes what it changes alone; forks of forks are told nothing twice, and nothing that a state is made of goes while it is",
    heldBy: [
      ...held(
        "apps/cli/run/fork-shares.test.ts",
        "a fork has what its parent wrote, writes what it changes, and can be forked and replayed like any",
      ),
      ...held(
        "packages/simulation/segment-references.test.ts",
        "keeps what some world's state is made of, forks of forks too, and nothing else (seed 1)",
      ),
    ],
  },
  {
    id: "kit.asks-outside",
    sentence:
      "What a world asks outside is carried out at least once under one key and answered once, over kills and other writers, or told as refused by its code",
    heldBy: held(
      "packages/simulation/effects/effect.test.ts",
      "is answered once by a command that takes the intent away",
      "is taken up again under its key after a kill, whether its answer was lost or it was under way",
      "is told as refused, by the code, when the refusal is final",
      "goes to whom the lease went, and comes back from there",
    ),
  },
  {
    id: "kit.platform",
    sentence:
      "What the platform says is taken in by every world once, by those that come later as its last word for each key, and one world that refuses it keeps it from no other",
    heldBy: held(
      "packages/simulation/platform/platform.test.ts",
      "is taken in by every world once, between what the world itself hears, and nothing waits",
      "is neither lost nor taken twice over a kill, and keeps its draws",
      "is told to a world that begins later by its last word for each key, and only once",
      "is refused by one world alone: the others have it, and a redrive brings it to that one",
    ),
  },
  {
    id: "kit.skip-waits",
    sentence:
      "A clock that jumps waits each hour until its world has followed, and leaves behind by name who stands still",
    heldBy: held(
      "services/time-manager/pacing.test.ts",
      "goes on by an hour when all that follows from the last one has been said",
      "leaves behind who stands still for 10 s, says so, and is with it again once that moves",
      "goes on after a restart amid it, and says every hour once",
    ),
  },
  {
    id: "kit.days-of-the-world",
    sentence:
      "What is kept for days of its world is counted from where its slowest writer has come, and nothing goes that a replay or a fork begins with",
    heldBy: held(
      "services/event-bus/retention/game-days.test.ts",
      "counts from where the world has come, whatever time it is here",
      "takes all at once that a year's jump passes over, but what a slower writer goes over hour by hour",
      "counts a fork's days from its own clock, which shows less than its parent's, and holds what it came from",
      "keeps records as long as a replay reaches, and all that is younger",
    ),
  },
];
