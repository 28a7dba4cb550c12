import { defineErrors } from "@orrery/wire";

export const orchestrationErrors = defineErrors({
  ORCH_UNKNOWN_WORKFLOW: {
    status: "not_found",
    summary: "There is no such workflow, or not in this version",
    todo: "`orrery workflow definitions` names those there are",
  },
  ORCH_UNKNOWN_EXECUTION: {
    status: "not_found",
    summary: "There is no such execution, or it is not yours",
    todo: "List names those that you may see; closed ones are kept 90 days",
  },
  ORCH_UNKNOWN_STEP: {
    status: "not_found",
    summary: "The workflow has no such step, or the step no such item",
    todo: "Get names the steps of an execution",
  },
  ORCH_INPUT_INVALID: {
    status: "invalid_argument",
    summary: "The workflow cannot begin with this input",
    todo: "Correct what is named; ListDefinitions says which message a workflow takes",
  },
  ORCH_DEFINITION: {
    status: "failed_precondition",
    summary: "A definition cannot be used",
    todo: "Correct what is named in its file and start again",
  },
  ORCH_CYCLE: {
    status: "failed_precondition",
    summary: "Steps of a definition wait for each other",
    todo: "Take one of the steps named out of the needs of another",
  },
  ORCH_VERSION_CHANGED: {
    status: "failed_precondition",
    summary: "A definition that has run is another now, or is gone while executions of it are open",
    todo: "Put it back as it was and write the change as a file with the next version; the old one may go when nothing of it is open",
  },
  ORCH_NOT_YOURS: {
    status: "permission_denied",
    summary: "This workflow is not yours to begin or to answer",
    todo: "The definition says who may begin it, and each step that waits for somebody for whom",
  },
  ORCH_CANCELLED: {
    status: "cancelled",
    summary: "It was cancelled",
    todo: "Begin another one, if it is still wanted",
  },
  ORCH_DEADLINE: {
    status: "deadline_exceeded",
    summary: "It was not done within its time; what it did is undone",
    todo: "Explain says what it waited for; begin again with more time",
  },
  ORCH_TIMEOUT: {
    status: "deadline_exceeded",
    summary: "What a step waited for did not come in time",
    todo: "Begin again, and answer in time",
  },
  ORCH_REFUSED: {
    status: "failed_precondition",
    summary: "Whoever was asked said no",
    todo: "Ask them why; begin another one if they think otherwise",
  },
  ORCH_STEP_EXHAUSTED: {
    status: "unavailable",
    summary: "A step was tried as often as it may be",
    todo: "The last cause is named; begin again when it is mended",
    retryable: true,
  },
  ORCH_STEP_FAULT: {
    status: "internal",
    summary: "The code of a step threw",
    todo: "Correct the definition, as a new version",
  },
  ORCH_RESULT_TOO_LARGE: {
    status: "failed_precondition",
    summary: "The result of a step is over 64 KiB",
    todo: "Let the step keep it in state-manager and answer where it is",
  },
  ORCH_LIMIT: {
    status: "resource_exhausted",
    summary: "More than an execution may have",
    todo: "A map has at most 1,000 items, a history 10,000 inputs, children 8 levels, and 64 signals of a name wait; share the work among several executions",
  },
  ORCH_PAST_PIVOT: {
    status: "failed_precondition",
    summary: "It has passed its point of no return and goes only forward",
    todo: "Wait for its end; an operator may skip a step that cannot be done",
  },
  ORCH_SIGNAL_UNEXPECTED: {
    status: "failed_precondition",
    summary: "Nothing in it waits for this, or not any more",
    todo: "Explain says what it waits for",
  },
  ORCH_STEP_SETTLED: {
    status: "failed_precondition",
    summary: "The step cannot be tried again or skipped as it stands",
    todo: "Only what waits, or an undo that was given up, can be; a call that runs has an answer within its timeout",
  },
  ORCH_BUSY: {
    status: "resource_exhausted",
    summary: "More calls wait for a commit than it takes in",
    todo: "Repeat the call, with the same key, in a moment",
    retryable: true,
  },
  ORCH_STORE_AWAY: {
    status: "unavailable",
    summary: "The database does not answer: nothing was begun or changed",
    todo: "Repeat the call, with the same key, in a moment; executions go on when it is back",
    retryable: true,
  },
});
