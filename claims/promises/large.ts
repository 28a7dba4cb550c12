import { held, type Promised } from "./promise.ts";

/** What large worlds are told: their shards, their packs, and what stands beside their states. */
export const large: readonly Promised[] = [
  {
    id: "large.shards",
    sentence:
      "A world in shards keeps each key in one of them, tells each shard what concerns it and nothing else, and one that refuses holds up no other",
    heldBy: held(
      "packages/simulation/sharding/sharding.test.ts",
      "keeps each key in one of them, tells all what concerns all, and names streams by shard",
      "sends a command to the shard of its key, and asks all of them one question",
      "has as many as were fixed with its beginning, also after a restart by code that would say otherwise",
      "goes on in the others while one of them refuses",
    ),
  },
  {
    id: "large.shards-shared",
    sentence:
      "Shards are shared evenly by the processes that are there, and when one is gone without a word they go on elsewhere within ten seconds, with nothing lost or taken twice",
    heldBy: held(
      "packages/simulation/sharding/sharding.test.ts",
      "are shared evenly by those who are there, and each state is where it was",
      "move within ten seconds when a process is gone without a word, and nothing is lost or taken twice",
    ),
  },
  {
    id: "large.said-first",
    sentence:
      "What a writer committed and had not said when it was killed is said first by whoever takes over, so that nobody passes it over as old",
    heldBy: held(
      "packages/simulation/stand-by.test.ts",
      "who takes over says first what the one before had committed and not said: nobody passes it over as old",
    ),
  },
  {
    id: "large.packs",
    sentence:
      "A pack of any size travels in parts that every broker carries, is the same when it is put together again, and an edit tells what it touches",
    heldBy: held(
      "packages/service/packs/sections.test.ts",
      "is the same when it is put together again",
      "changes in the sections that an edit touches, and in no others",
      "travels in parts that any broker carries, in whatever order and however often they come",
      "that is not here as a whole is waited for, and says which part is missing",
      "whose bytes are not what its digest says is refused",
    ),
  },
  {
    id: "large.cut-for-a-fork",
    sentence:
      "A fork of a world as it is begins with what its parent wrote for it just then, and a kill amid that leaves what was committed",
    heldBy: held(
      "packages/simulation/cut-wanted.test.ts",
      "is not made where a start has little to do",
      "leaves nothing to be handled again of a world that rests",
      "is of the next commit while the world goes on, and what it is then is what a kill leaves",
    ),
  },
  {
    id: "large.derived",
    sentence:
      "What follows from a state is never written, is there again after a restart, a kill and a handler that died, and forgetting it turns its test red",
    heldBy: held(
      "packages/simulation/derive.test.ts",
      "turns the test red at the first input that forgets it",
      "is made anew where a handler died half way with it",
      "is looked at whenever time passes: what is forgotten in a service fails its test",
    ),
  },
  {
    id: "large.read-models",
    sentence:
      "A read model is told each event once, and is built again from the journal while its service runs, with nothing lost or told twice at the seam",
    heldBy: held(
      "packages/service/projecting/projecting.test.ts",
      "is told each event once, however often and in whichever order it comes, over restarts",
      "is built again to the same rows, and mends what was wrong in them",
      "goes on meanwhile: at the seam nothing is lost and nothing told twice, whichever brings it first",
      "is not built of a journal that does not reach back, unless whoever asks takes what is left",
    ),
  },
  {
    id: "large.migrations",
    sentence: "A database step that was edited since it was run is refused, and nothing is changed",
    heldBy: held(
      "packages/service/store/store.test.ts",
      "refuses a step that was edited since it was run, and changes nothing; not one that is only written otherwise",
    ),
  },
];
