import { held, heldIn, type Promised } from "./promise.ts";

export const stores: readonly Promised[] = [
  {
    id: "stores.belongs-together",
    sentence:
      "A data folder goes on with the database it was begun with and refuses another with a sentence, before anything is changed",
    heldBy: [
      ...held(
        "packages/service/store/identity.test.ts",
        "a folder takes the store it was begun with",
        "a store without its folder is taken up",
      ),
      ...held("services/event-bus/journal/adopt.test.ts", "another database for the folder is refused"),
    ],
  },
  {
    id: "stores.nothing-cut",
    sentence:
      "No file of the journal is cut below what it validly holds: an index that is older than the files, or lost, is made from them",
    heldBy: held(
      "services/event-bus/journal/adopt.test.ts",
      "an index that was lost is made again from the files",
      "an index older than the files takes up what it lacks",
    ),
  },
  {
    id: "stores.never-overwritten",
    sentence:
      "What was acknowledged is never overwritten by room that is made ahead of it, however slow the disk is at either",
    heldBy: held(
      "packages/bus/embedded/log.test.ts",
      "is never made over what is written meanwhile",
      "is no end to a log that grows faster than room is made",
    ),
  },
  {
    id: "stores.files-elsewhere",
    sentence:
      "A database whose journal lies in another folder is refused; one whose files were cut says so and goes on",
    heldBy: held(
      "services/event-bus/journal/adopt.test.ts",
      "a database whose files are elsewhere is refused",
    ),
  },
  {
    id: "stores.broker-known",
    sentence:
      "A data folder goes on with the broker its events are on; another kind, another server's and an emptied one are refused with what to do",
    heldBy: held(
      "apps/cli/run/broker-note.test.ts",
      "a folder goes on with its broker",
      "a move, and --new-broker, make another broker the folder's",
    ),
  },
  {
    id: "stores.copies-at-once",
    sentence: "Copies of a service that start at once on a fresh database all come up",
    heldBy: heldIn(
      "postgres",
      "packages/service/store/store.postgres.test.ts",
      "copies that start at once on a fresh database follow each other",
    ),
  },
  {
    id: "stores.restored-copy",
    sentence:
      "A copy restored from a snapshot sends nothing to webhook endpoints until somebody resumes them",
    heldBy: held(
      "services/event-bus/webhooks/restored.test.ts",
      "the endpoints of a restored copy are paused at its first start",
    ),
  },
];
