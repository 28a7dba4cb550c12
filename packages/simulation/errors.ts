import { defineErrors } from "@orrery/wire";

export const simulationErrors = defineErrors({
  WORLD_UNKNOWN: {
    status: "not_found",
    summary: "No such world is known here",
    todo: "Check the world id with `orrery world ls`; a world that was just made is known within a second",
    retryable: true,
  },
  WORLD_PARKED: {
    status: "unavailable",
    summary: "The world stands still in this service; what is said in it is kept until it goes on",
    todo: "Mend the reason given: it is tried again by itself, at least each minute and at each start; the other worlds go on",
    retryable: true,
  },
  WORLD_SET_ASIDE_FULL: {
    status: "resource_exhausted",
    summary: "A world that stands still has 64 MiB of events waiting for it",
    todo: "Mend what `/healthz` says of it, or archive it; then redrive this event",
  },
  WORLD_NOT_OURS: {
    status: "unavailable",
    summary: "Another process is the writer of this world",
    todo: "Try again: the call finds the writer's process, or this one takes over when the other is gone",
    retryable: true,
  },
  WORLD_PLATFORM_TIME: {
    status: "internal",
    summary: "An aggregate of the platform emits or handles a type with a game time",
    todo: "Take at_gs from the message if it belongs to no world; what worlds say, a part hears and brings as a command",
  },
  WORLD_EMITS_UNDECLARED: {
    status: "internal",
    summary: "An aggregate emitted a type that its definition does not list",
    todo: "Add the type to `emits`",
  },
  WORLD_EMITS_NO_EVENT: {
    status: "internal",
    summary: "An aggregate lists a message among what it emits that is no event",
    todo: "Give the message the option (orrery.event), or take it from `emits`",
  },
  WORLD_LANE_MIXED: {
    status: "internal",
    summary: "An aggregate says in one lane what passes after days of its world and what is kept longer",
    todo: "Give one of them another lane: the journal lets a frame go when all in it may go",
  },
  WORLD_HANDLER_TWICE: {
    status: "internal",
    summary: "An aggregate has two handlers of one type",
    todo: "Put what both do into one: the order between them would be luck",
  },
  WORLD_AGGREGATE_NAME: {
    status: "internal",
    summary: "An aggregate has a name that cannot name rows, leases and subscriptions",
    todo: "Name it by a word of a to z, digits and hyphens, at most 24 characters, that begins with a letter",
  },
  WORLD_SHARDS: {
    status: "internal",
    summary: "A world cannot have so many shards",
    todo: "Let `shards.most` be 1 to 64, and `shards.of` give 1 to that many",
  },
  WORLD_NO_QUERY: {
    status: "unimplemented",
    summary: "An aggregate was asked a question that it has no query for",
    todo: "Define it among the aggregate's `queries`; while processes of two versions run, ask again when all run the new one",
    retryable: true,
  },
  WORLD_COMMAND_KEEP: {
    status: "internal",
    summary: "A command's answers cannot be kept that long",
    todo: 'Say 1 to 36,500 days, `{ keep: { days: 30 } }`, or `{ keep: "forever" }`; without a word it is 24 h',
  },
  WORLD_COMMAND_WHOM: {
    status: "internal",
    summary: "A command of an aggregate with shards does not say which of them it goes to",
    todo: "Name the key beside its handler: `{ whom: ({ npcId }) => npcId }`",
  },
  WORLD_TABLE_NAME: {
    status: "internal",
    summary: "A table has a name that a state has for something else",
    todo: "Call it otherwise: `root` is the state's own message, `said` the kit's table of what newcomers are told",
  },
  WORLD_SAID_PERSONAL: {
    status: "internal",
    summary:
      "An event with personal fields is one whose latest says all, and the kit keeps no such event in the clear",
    todo: 'Let the service answer newcomers itself: `snapshot: "own"` in the aggregate, and `serveSnapshot` in the service',
  },
  WORLD_PAGE_UNKNOWN: {
    status: "internal",
    summary: "A table has no message of this id",
    todo: "Ask with `has` or `get` first, and refuse what names somebody who is not there",
  },
  WORLD_PAGE_TWICE: {
    status: "internal",
    summary: "A table has a message of this id already",
    todo: "Ask with `has` first; `edit` changes the one that is there",
  },
  WORLD_INTENT_AGAIN: {
    status: "internal",
    summary: "A handler asked something else under the id of what it was just answered",
    todo: "Name the occasion in the id: whoever is asked knows it by that, and would give the same answer again",
  },
  WORLD_EFFECT_INVALID: {
    status: "internal",
    summary: "An effect cannot carry out what it is defined for",
    todo: "Let the aggregate take its answers with `answer`, and give it terms within the ranges named",
  },
  WORLD_EFFECT_LATE: {
    status: "deadline_exceeded",
    summary: "Whoever was asked outside did not answer in time",
    todo: "Nothing to do if it was once: it is asked again until the deadline; else look at whom the effect asks",
    retryable: true,
  },
  WORLD_STATE_FLOAT: {
    status: "internal",
    summary: "A state has a field of type float",
    todo: "Make it a double, or an integer of thousandths: a float reads back as another number than it was set to",
  },
  WORLD_STATE_TYPE: {
    status: "failed_precondition",
    summary: "A stored state is of another message than the aggregate's",
    todo: "Say with `earlier` how one becomes the other, or go back to the code that wrote it",
  },
  WORLD_CODE_DIFFERS: {
    status: "failed_precondition",
    summary: "This code would have told something else than what was told since the last cut",
    todo: "Start the earlier code once and stop it cleanly, or `orrery start --adopt <service>`: what was told stands, and the state is what this code makes of it",
  },
  WORLD_STATE_BROKEN: {
    status: "data_loss",
    summary: "The stored state of a shard cannot be read back",
    todo: "Restore the service's database from a backup, or let the world be replayed from its journal",
  },
  WORLD_COMMIT_REFUSED: {
    status: "unavailable",
    summary: "A commit was refused because the lease moved to another process",
    todo: "Nothing to do: the process reloads the shard when it is the writer again",
    retryable: true,
  },
});
