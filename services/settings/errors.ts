import { defineErrors } from "@orrery/wire";

export const settingsErrors = defineErrors({
  SETTINGS_UNKNOWN_KEY: {
    status: "not_found",
    summary: "There is no such setting, or it may not be seen by this caller",
    todo: "Use one that ListDefinitions names; the nearest stand in the message",
  },
  SETTINGS_OUT_OF_RANGE: {
    status: "out_of_range",
    summary: "The value is not one that the setting can have",
    todo: "Keep to the range in the message; nothing was written",
  },
  SETTINGS_WRONG_SCOPE: {
    status: "invalid_argument",
    summary: "The setting cannot be set there, or not by this caller",
    todo: "Use one of the scopes that its definition names",
  },
  SETTINGS_LOCKED: {
    status: "failed_precondition",
    summary: "A layer below has locked the value",
    todo: "Ask an operator to unlock it in the layer named",
  },
  SETTINGS_REVISION_CONFLICT: {
    status: "aborted",
    summary: "It is not at the revision expected; nothing was written",
    todo: "Look at the present value in the message and decide anew, with a fresh idempotency key",
  },
  SETTINGS_ROLLBACK: {
    status: "failed_precondition",
    summary: "The change cannot be taken back",
    todo: "History names those that can; of a secret the value before is not known",
  },
  SETTINGS_IMPORT: {
    status: "invalid_argument",
    summary: "The file is no export of settings",
    todo: "Export it again and leave it as it is",
  },
  SETTINGS_WATCH_GAP: {
    status: "out_of_range",
    summary: "Changes no longer reach back to that seq",
    todo: "Resolve again, and watch from the seq of that answer",
  },
  SETTINGS_RATE_LIMITED: {
    status: "resource_exhausted",
    summary: "The player's tier allows no more writes in this minute",
    todo: "Write again after retry_after_ms; SetMany takes 100 at once",
    retryable: true,
  },
  SETTINGS_STORE_AWAY: {
    status: "unavailable",
    summary: "The database does not answer: nothing was written",
    todo: "Repeat the call with the same key in a moment",
    retryable: true,
  },
  SETTINGS_UNKNOWN_FLAG: {
    status: "not_found",
    summary: "There is no such flag, segment, rule or variant",
    todo: "Use one that List names",
  },
  SETTINGS_FLAG_INVALID: {
    status: "invalid_argument",
    summary: "The flag or segment cannot be as it was given",
    todo: "Correct what the message names; nothing was written",
  },
  SETTINGS_FLAG_CYCLE: {
    status: "failed_precondition",
    summary: "The prerequisites of the flag lead back to it",
    todo: "Leave out one step of the way in the message",
  },
  SETTINGS_SPLIT_SUM: {
    status: "invalid_argument",
    summary: "The weights of a split do not sum to 100,000",
    todo: "Correct them; 1,000 is one percent",
  },
  SETTINGS_RESHUFFLE: {
    status: "failed_precondition",
    summary: "Another salt moves people from variant to variant",
    todo: "Say confirm_reshuffle if the share in the message may move, or leave the salt as it is",
  },
  SETTINGS_OVERRIDE_TOO_LONG: {
    status: "out_of_range",
    summary: "An override of a tier may last 90 days at most, and must end in the future",
    todo: "Give an earlier until_ms, and renew it later",
  },
  SETTINGS_POLICY_ABOVE_CEILING: {
    status: "failed_precondition",
    summary: "The level is above a ceiling",
    todo: "Keep to the ceilings in the message, or ask whoever set them",
  },
  SETTINGS_NOT_GUARDIAN: {
    status: "permission_denied",
    summary: "This caller is no guardian of the player",
    todo: "Use a token with the scope guardian:<player id>, or ask an operator",
  },
  SETTINGS_SESSION_UNKNOWN: {
    status: "not_found",
    summary: "There is no such open session, or it is another player's",
    todo: "OpenSession first, and close it when the client has left",
  },
  SETTINGS_POLICY_UNKNOWN: {
    status: "not_found",
    summary: "No such policy was issued, or it is over for long",
    todo: "Use the policy_id of ContentPolicyIssued",
  },
});
