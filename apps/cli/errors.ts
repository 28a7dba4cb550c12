import { defineErrors } from "@orrery/wire";

export const cliErrors = defineErrors({
  CLI_NO_WORLD_RUNS: {
    status: "unavailable",
    summary: "No Orrery answers at this address",
    todo: "Start one with `npm start`, or give its address with --url",
  },
  CLI_NO_LAND: {
    status: "failed_precondition",
    summary: "Nobody can walk in this world",
    todo: "Give its pack places (worlds/hollowmere/places.yaml), or wait until world-state runs",
  },
  CLI_NO_COMMON_PAST: {
    status: "failed_precondition",
    summary: "These are not two worlds of one past",
    todo: "Compare a world with a fork of it, or two forks of one world",
  },
  CLI_ADMIN_SECRET: {
    status: "unauthenticated",
    summary: "The Orrery at this address has another admin's secret",
    todo: "Give the data folder that it runs on with --data, or another address with --url",
  },
  CLI_NO_WORLD: {
    status: "unavailable",
    summary: "Orrery runs, but no world runs in it",
    todo: "Give `orrery start` a pack with --pack, or wait for the world that is being made",
    retryable: true,
  },
  CLI_BAD_ARGUMENT: {
    status: "invalid_argument",
    summary: "An argument cannot be used",
    todo: "See the command's --help",
  },
  CLI_WORLD_ENDED: {
    status: "failed_precondition",
    summary: "The world that shall run has come to its end",
    todo: "Name another one with --world; an archived one can be forked",
  },
  CLI_EXISTS: {
    status: "already_exists",
    summary: "It is there already",
    todo: "Choose another name; what is there was left as it is",
  },
  CLI_NAME_TAKEN: {
    status: "already_exists",
    summary: "The name is somebody else's",
    todo: "Choose another id; if it is only the domain, give another one with --domain",
  },
  CLI_DOMAIN_REFUSED: {
    status: "invalid_argument",
    summary: "No domain can have this name",
    todo: "Give another one with --domain, like `tide`; the service keeps its id",
  },
  CLI_SERVICE_FOLDER: {
    status: "failed_precondition",
    summary: "A folder in services/ does not hold the service of its name",
    todo: "Let its service.ts export `defineService` with the folder's name as id, or call the folder by the id",
  },
  CLI_NEW_FAILED: {
    status: "internal",
    summary: "What was written does not run, and was taken away again",
    todo: "Read below what stands in its way; the repository is as it was",
  },
  CLI_SNAPSHOT_LATE: {
    status: "deadline_exceeded",
    summary: "The world did not come to rest within 10 s, so no snapshot was taken",
    todo: "Look at `orrery bus lag` for those named, and try again",
    retryable: true,
  },
  CLI_NOT_BILLED: {
    status: "failed_precondition",
    summary: "Nothing here is billed by call: no process counts calls of SNS and SQS",
    todo: "Start it with `--broker aws`, or name the pages of processes that do with --metrics",
  },
  CLI_STALLED: {
    status: "unavailable",
    summary: "Somebody does not follow the clock any more",
    todo: "Look at `orrery bus lag` and at the log of those named; the clock itself has reached its target",
  },
  CLI_SNAPSHOT_DATABASE: {
    status: "failed_precondition",
    summary: "The services keep their state in another database than files of this folder",
    todo: "Name the data folder with --data; with PostgreSQL take a dump of it while the clock is held",
  },
  CLI_BROKER_IN_USE: {
    status: "unavailable",
    summary: "Somebody still reads from the broker that is to be left",
    todo: "Stop Orrery first, in every process; then run the move again: nothing was lost, and what was carried is not carried twice",
    retryable: true,
  },
  CLI_BROKER_OTHER: {
    status: "failed_precondition",
    summary: "The events of this data folder are on another broker",
    todo: "Start with the --broker and --servers it had, or carry them over with `orrery bus move`; when that broker is lost for good, start once with --new-broker: what it held is given up",
  },
  CLI_SNAPSHOT_BROKEN: {
    status: "data_loss",
    summary: "The snapshot is not what was written",
    todo: "Take another copy of it from where it was kept; nothing was restored",
  },
  CLI_CONSOLE_BUILD: {
    status: "internal",
    summary: "The console could not be built",
    todo: "Read the build's own words below; the world runs without its page",
  },
});
