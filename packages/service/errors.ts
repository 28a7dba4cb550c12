import { defineErrors } from "@orrery/wire";

export const serviceErrors = defineErrors({
  SERVICE_CONFIG_INVALID: {
    status: "invalid_argument",
    summary: "A setting has a value that cannot be used",
    todo: "Correct the variable named and start again; the service's README lists its settings",
  },
  SERVICE_CONFIG_UNKNOWN: {
    status: "invalid_argument",
    summary: "A setting is not known to the service whose prefix it carries",
    todo: "Remove or rename the variable; the service's README lists its settings",
  },
  SERVICE_ID_INVALID: {
    status: "invalid_argument",
    summary: "No service can have this id",
    todo: "Choose another one, like `tide-manager`: of at most 40 characters, and nobody else's",
  },
  SERVICE_PART_TWICE: {
    status: "internal",
    summary: "A service has two parts of one name",
    todo: "Name them apart; of aggregates one may go without a name",
  },
  SERVICE_LANE_MIXED: {
    status: "internal",
    summary: "A part says in one lane what passes after days of its world and what is kept longer",
    todo: "Give one of them another lane: the journal lets a frame go when all in it may go",
  },
  SERVICE_PART_MISSING: {
    status: "internal",
    summary: "A service lacks a part that another of its parts needs",
    todo: "Name it in `parts`: what its aggregate asks outside is carried out by the `effect` of that table",
  },
  SERVICE_SNAPSHOT_TWICE: {
    status: "internal",
    summary: "A service says itself what newcomers are told, and so does its aggregate",
    todo: 'Say `snapshot: "own"` in the aggregate, or leave the service\'s `serveSnapshot` out',
  },
  SERVICE_ID_CLASH: {
    status: "already_exists",
    summary: "Two services' settings begin alike",
    todo: "Call one of them otherwise, so that neither id is the beginning of the other",
  },
  SERVICE_DUPLICATE: {
    status: "already_exists",
    summary: "Two services have the same id",
    todo: "Rename one of them; topics, tables and ports derive from the id",
  },
  SERVICE_UNPUBLISHED_TYPE: {
    status: "failed_precondition",
    summary: "A service subscribes to events that nobody publishes",
    todo: "Start a service that publishes them, or correct the subscription",
  },
  SERVICE_START_FAILED: {
    status: "internal",
    summary: "A service did not start",
    todo: "Mend the cause named here; the log has where it comes from, and nothing half started stays",
  },
  SERVICE_FAILED: {
    status: "unavailable",
    summary: "The service could not start, so it answers no calls",
    todo: "Do what its failure says, then start Orrery again; `orrery status` shows it, and what it would have heard waits",
  },
  SERVICE_STARTS_AGAIN: {
    status: "unavailable",
    summary: "The service could not start and is tried again",
    todo: "Try again then; `orrery status` says what keeps it, and what it would have heard waits",
    retryable: true,
  },
  SERVICE_NOT_READY: {
    status: "unavailable",
    summary: "The service is starting or draining",
    todo: "Try again in a moment",
    retryable: true,
  },
  SERVICE_PORT_IN_USE: {
    status: "failed_precondition",
    summary: "Another program listens on the port",
    todo: "Stop it, or choose another port with --port or ORRERY_PORT",
  },
  DATA_FOLDER_IN_USE: {
    status: "failed_precondition",
    summary: "Another Orrery runs on this data folder",
    todo: "Stop it first, or give this one a folder of its own with --data",
  },
  DATA_FOLDER_UNWRITABLE: {
    status: "failed_precondition",
    summary: "The data folder cannot be written",
    todo: "Give the user who runs Orrery write access, or choose another folder with --data",
  },
  SERVICE_DEPLOYMENT_KEY: {
    status: "invalid_argument",
    summary: "Calls from other processes need a deployment key of at least 16 characters",
    todo: "Let `orrery start --processes per-service` make one, or give all processes the same",
  },
  STORE_UNAVAILABLE: {
    status: "unavailable",
    summary: "The database does not answer",
    todo: "Check DATABASE_URL and that the server runs; the service goes on by itself when it is back",
    retryable: true,
  },
  STORE_THREAD_ENDED: {
    status: "unavailable",
    summary: "The thread that runs the database ended by itself",
    todo: "Try again: the next question starts another. What was under way may have been done or not; if it comes again, the log and health say why",
    retryable: true,
  },
  STORE_OTHER: {
    status: "failed_precondition",
    summary: "The data folder belongs to another database",
    todo: "Start it with the DATABASE_URL it was begun with, or give this database a folder of its own with --data; when the database is lost for good, remove the service's store.json from the folder; nothing was changed",
  },
  SERVICE_PACK_MISSING: {
    status: "unavailable",
    summary: "A world's pack is not here as a whole",
    todo: "Wait: what is missing is on its way, and is tried again; if it stays so, look at the dead letters of world.v1.PackPart",
    retryable: true,
  },
  SERVICE_PACK_TORN: {
    status: "data_loss",
    summary: "A section of a pack is not what its digest says",
    todo: "Say the world's pack again by an edit of it; look at who publishes world.v1.PackPart",
  },
  STORE_STATES_EARLIER: {
    status: "failed_precondition",
    summary: "The database holds states of worlds as an earlier development version wrote them",
    todo: "Begin a new data folder or database; or start the version that wrote it",
  },
  STORE_MIGRATION_CHANGED: {
    status: "failed_precondition",
    summary: "The database was migrated by newer or other code",
    todo: "Run the version that wrote it, or restore a backup; a step that was run is not edited: write what is to change as a new one. Nothing was changed",
  },
  STORE_MIGRATION_FAILED: {
    status: "internal",
    summary: "A migration did not go through",
    todo: "Read the cause below it: mend the step, or what stands in its way (a table of that name); its transaction was rolled back",
  },
  RPC_CALLER_REFUSED: {
    status: "permission_denied",
    summary: "This caller may not use the method",
    todo: "The method's (orrery.rpc) option names who may; sign in with such a role",
  },
  RPC_SCOPE_MISSING: {
    status: "permission_denied",
    summary: "The method needs a scope that the caller does not hold",
    todo: "Ask an admin for a token with that scope",
  },
  RPC_WORLD_REFUSED: {
    status: "permission_denied",
    summary: "The caller's token is for other worlds",
    todo: "Ask for a token for this world; a request that names none asks about all of them",
  },
  RPC_NOT_SELF: {
    status: "permission_denied",
    summary: "The request names another player",
    todo: "Leave the field empty or put the calling player's own id into it",
  },
  RPC_IDEMPOTENCY_KEY: {
    status: "invalid_argument",
    summary: "The idempotency key is not 8 to 64 characters long",
    todo: "Send a fresh random key with each new request and the same one with its repeats",
  },
  RPC_IDEMPOTENCY_REUSED: {
    status: "failed_precondition",
    summary: "The idempotency key was used with other content",
    todo: "Send a fresh key with each new request",
  },
  RPC_PAGE_TOKEN: {
    status: "invalid_argument",
    summary: "The page token was not made by this query",
    todo: "Start again without a token, with the same filter for every page",
  },
  RPC_FIELD_INVALID: {
    status: "invalid_argument",
    summary: "A field of the request is out of its range",
    todo: "Correct the field named",
  },
  RPC_NO_SERVICE: {
    status: "unavailable",
    summary: "No running service answers the call",
    todo: "Start the service; with processes of their own, each must know the others of its deployment",
    retryable: true,
  },
  RPC_NO_ANSWER: {
    status: "unavailable",
    summary: "A call ended without an answer of whoever was called",
    todo: "Try again: whether it was done is not known, so use the same idempotency key",
    retryable: true,
  },
  PROJECTION_UNKNOWN: {
    status: "not_found",
    summary: "A service has no read model of this name that can be built again",
    todo: "Name one of those it has; one that is to be built again says which tables are its own (docs/beside-the-state.md)",
  },
  PROJECTION_NOT_REACHED: {
    status: "failed_precondition",
    summary: "The journal does not have all that a read model is made of",
    todo: "Leave the model as it is, or build it of what is left with `--from-retained`: what came before is lost to it then",
  },
  PROJECTION_JOURNAL_BEHIND: {
    status: "unavailable",
    summary: "The journal does not say that it has what was said so far",
    todo: "Look at what waits for event-bus with `orrery bus lag`, then start the rebuild again: the model in use is as it was",
    retryable: true,
  },
  PROJECTION_TAKEN_OVER: {
    status: "aborted",
    summary: "Another rebuild of this read model has begun since",
    todo: "Nothing to do: that one goes on, and the model in use is as it was until it ends",
  },
  PERSONAL_SEAL_BROKEN: {
    status: "data_loss",
    summary: "A personal field was not sealed for this place, or was changed since",
    todo: "Look at who wrote the event: only a service's kit seals; the event stays among the dead letters",
  },
  PERSONAL_KEYS_UNREACHABLE: {
    status: "unavailable",
    summary: "The keys of personal fields cannot be had: event-bus does not answer",
    todo: "Start event-bus; what waits for them goes on by itself",
    retryable: true,
  },
  PERSONAL_KEY_UNKNOWN: {
    status: "not_found",
    summary: "Nobody here has ever made the key of a personal field",
    todo: "Restore event-bus's database of the time: without it the field stays closed",
  },
  RPC_INTERNAL: {
    status: "internal",
    summary: "The service failed on this call",
    todo: "Its log has the cause under the call's trace id; the call changed nothing",
  },
});
