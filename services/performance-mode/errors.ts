import { defineErrors } from "@orrery/wire";

export const performanceErrors = defineErrors({
  PERF_UNKNOWN_FIELD: {
    status: "not_found",
    summary: "There is no such field",
    todo: "Use one that ListMatrix names",
  },
  PERF_OUT_OF_RANGE: {
    status: "out_of_range",
    summary: "The value is not one that the field can have",
    todo: "Keep to the range in the message; nothing was changed",
  },
  PERF_COOLDOWN: {
    status: "resource_exhausted",
    summary: "The device switched less than a second ago",
    todo: "Switch again after retry_after_ms",
    retryable: true,
  },
  PERF_LOCKED: {
    status: "failed_precondition",
    summary: "The rules of the competition lock the field",
    todo: "Keep to the lock in the message, or ask an operator to end it with LockField",
  },
  PERF_BUDGET_SUM: {
    status: "invalid_argument",
    summary: "The children of a budget do not sum to it, or a lane is more than 90 % of the frame",
    todo: "Correct the node in the message by the difference named",
  },
  PERF_MATRIX_INCOMPLETE: {
    status: "failed_precondition",
    summary: "The matrix of modes and presets cannot be used",
    todo: "Correct the cell in the message and start again; `orrery performance check` says whether it is right",
  },
  PERF_SESSION_UNKNOWN: {
    status: "not_found",
    summary: "There is no such open session, or it is another player's",
    todo: "Use the session_id of the edge's Welcome, while the session is open",
  },
  PERF_PROFILE_UNKNOWN: {
    status: "not_found",
    summary: "Nothing is known of the player on that device",
    todo: "Connect once from the device, or name one that was connected",
  },
  PERF_REPORT_INVALID: {
    status: "invalid_argument",
    summary: "The report cannot be read",
    todo: "Send 1 to 12 windows, and number them from 1 on without gaps",
  },
  PERF_RATE_LIMITED: {
    status: "resource_exhausted",
    summary: "The player reports more often than twice a second",
    todo: "Gather windows, up to 12 in a report, and send them after retry_after_ms",
    retryable: true,
  },
  PERF_REVISION_CONFLICT: {
    status: "aborted",
    summary: "The budget tree is not at the revision expected; nothing was changed",
    todo: "Look at it again with ListMatrix and decide anew, with a fresh idempotency key",
  },
  PERF_CAPTURE_UNKNOWN: {
    status: "not_found",
    summary: "There is no capture of that name, or it has no window that counts",
    todo: "Name one that is shipped, or send windows that are neither loading, menu nor unfocused",
  },
  PERF_STORE_AWAY: {
    status: "unavailable",
    summary: "The database does not answer: nothing was changed",
    todo: "Repeat the call with the same key in a moment; clients keep what they have",
    retryable: true,
  },
});
