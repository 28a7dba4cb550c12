import { defineErrors } from "@orrery/wire";

export const journalErrors = defineErrors({
  BUS_JOURNAL_ELSEWHERE: {
    status: "failed_precondition",
    summary: "The database knows a journal whose files are not in this data folder",
    todo: "Start with the folder it was begun with, or bring its event-bus/journal back from a backup; nothing was changed",
  },
  BUS_BAD_FILTER: {
    status: "invalid_argument",
    summary: "The filter cannot be used",
    todo: "Correct the part named",
  },
  BUS_UNKNOWN_EVENT: {
    status: "not_found",
    summary: "The journal has no such event",
    todo: "Check publisher and sequence; the nearest known one stands in the message",
  },
  BUS_PRUNED: {
    status: "out_of_range",
    summary: "The journal no longer reaches back that far",
    todo: "Begin at the oldest position, which stands in the message",
  },
  BUS_WORLD_EXISTS: {
    status: "already_exists",
    summary: "A world of this id exists already",
    todo: "Choose another id",
  },
  BUS_FORK_PLACE: {
    status: "out_of_range",
    summary: "The world cannot be forked at this place",
    todo: "Take one of the nearest places named: there every service holds a state, and none is half way through a commit",
  },
  BUS_DROP_UNKNOWN: {
    status: "not_found",
    summary: "What the fork shall do without is nothing that its worlds say",
    todo: "Correct the type or the key: `orrery schema list` has the types, `orrery bus tail` shows keys",
  },
  BUS_WORLD_ENDED: {
    status: "failed_precondition",
    summary: "The world was archived or deleted",
    todo: "Fork it if it was archived; a deleted one is gone. `orrery world ls` lists those that run",
  },
  BUS_WORLD_NEEDED: {
    status: "failed_precondition",
    summary: "Forks of the world need its past",
    todo: "Delete the forks named first, or archive the world: then it ends, and its past stays",
  },
  BUS_WORLD_ID: {
    status: "invalid_argument",
    summary: "The id cannot be that of a world that is made, forked or ended",
    todo: "Use 1 to 64 of the letters a-z, digits and -; `platform` is nobody's to make or to end",
  },
  BUS_NO_CHECKPOINT: {
    status: "out_of_range",
    summary: "The journal has no checkpoint that reaches this place",
    todo: "Choose a later place; writers begin a checkpoint with their first commit and with later game days",
  },
  BUS_NO_COMMON_PAST: {
    status: "failed_precondition",
    summary: "The two worlds share no past",
    todo: "Compare a world with a fork of it, or two forks of one world",
  },
  BUS_LETTER_UNKNOWN: {
    status: "not_found",
    summary: "There is no such dead letter",
    todo: "Check subscription and entry id; somebody may have closed it and its frame meanwhile",
  },
  BUS_REDRIVE_STATE: {
    status: "failed_precondition",
    summary: "The dead letter is in no state for this",
    todo: "Look at its state: only an open one can be redriven, resolved or discarded",
  },
  BUS_NOTE_MISSING: {
    status: "invalid_argument",
    summary: "Discarding an event or erasing a person needs a reason",
    todo: "Say in the note why",
  },
  BUS_SUBJECT_UNKNOWN: {
    status: "not_found",
    summary: "Nothing was ever sealed for this person",
    todo: "Give the subject as the events name it, and a world in which it occurs, or none for all worlds",
  },
  BUS_JOB_UNKNOWN: { status: "not_found", summary: "There is no such job", todo: "Check the job id" },
  BUS_JOB_LIMIT: {
    status: "resource_exhausted",
    summary: "Two jobs run already",
    todo: "Wait until one of them ends, or cancel it",
    retryable: true,
  },
  BUS_ENDPOINT_UNKNOWN: { status: "not_found", summary: "There is no such endpoint", todo: "Check its id" },
  BUS_ENDPOINT_UNVERIFIED: {
    status: "failed_precondition",
    summary: "The endpoint has not agreed to get events",
    todo: "Let it answer OPTIONS with WebHook-Allowed-Origin, then verify it",
  },
  BUS_URL_REFUSED: {
    status: "invalid_argument",
    summary: "Nothing is sent to this address",
    todo: "Use a public https URL without a password; EVENT_BUS_WEBHOOK_PRIVATE=on allows private ones",
  },
  BUS_PIN_UNKNOWN: {
    status: "not_found",
    summary: "There is no such pin",
    todo: "Look at `orrery bus pins`",
  },
  BUS_SCHEMA_UNKNOWN: {
    status: "not_found",
    summary: "No contracts of this name are known here",
    todo: "Use a fingerprint that SchemaService.ListSchemas names, or leave it out to compare with the newest",
  },
  BUS_SCHEMA_BREAKING: {
    status: "failed_precondition",
    summary: "The contracts break those that are in use, and were not kept",
    todo: "Leave the fields named as they were and add new ones beside them, or register without refuse_breaking",
  },
  BUS_SCHEMA_UNREADABLE: {
    status: "invalid_argument",
    summary: "The descriptor set cannot be read",
    todo: "Send a google.protobuf.FileDescriptorSet with all imports: `buf build -o set.binpb`",
  },
  BUS_JOURNAL_DISK: {
    status: "unavailable",
    summary: "The journal cannot be written",
    todo: "Make room on the disk; intake goes on by itself and nothing is lost",
    retryable: true,
  },
  BUS_JOURNAL_DAMAGED: {
    status: "data_loss",
    summary: "A frame of the journal cannot be read back",
    todo: "Restore the file named from a backup, or read on behind the events named; `orrery world verify` lists all that is damaged",
  },
});
