import { defineErrors } from "@orrery/wire";

export const capabilityErrors = defineErrors({
  CAPABILITY_UNKNOWN_INSTANCE: {
    status: "not_found",
    summary: "No such instance is known here",
    todo: "ListInstances names those there are; an instance that was forgotten registers again",
  },
  CAPABILITY_NOT_YOURS: {
    status: "permission_denied",
    summary: "The instance belongs to another service, or to another process",
    todo: "Register, beat and drain your own instances, under the source they were registered with",
  },
  CAPABILITY_REPLACED: {
    status: "failed_precondition",
    summary: "Another instance has taken this one's address",
    todo: "Start the process again, so that it registers under a new id; if both are to run, give each an address of its own",
  },
  CAPABILITY_REGISTRATION: {
    status: "invalid_argument",
    summary: "The description of an instance cannot be used",
    todo: "Correct the field named",
  },
  CAPABILITY_FILTER: {
    status: "invalid_argument",
    summary: "The filter cannot be read",
    todo: "Correct it at the column named",
  },
  CAPABILITY_NONE_MATCH: {
    status: "unavailable",
    summary: "No instance fits",
    todo: "Loosen the condition that excluded the last one, or start such an instance",
    retryable: true,
  },
  CAPABILITY_UNKNOWN_FEATURE: {
    status: "not_found",
    summary: "There is no such feature",
    todo: "ListFeatures names those there are",
  },
  CAPABILITY_UNKNOWN_ENGINE: {
    status: "not_found",
    summary: "There is no such engine",
    todo: "ListEngines names those there are; PutVersion makes a new one",
  },
  CAPABILITY_UNKNOWN_VERSION: {
    status: "not_found",
    summary: "The engine has no such version",
    todo: "Use one of those nearest to it, or make it known with PutVersion",
  },
  CAPABILITY_UNKNOWN_SESSION: {
    status: "not_found",
    summary: "There is no such session, or it is not yours",
    todo: "Ask for a session that is connected, or say engine, version and platform",
  },
  CAPABILITY_VERSION_SYNTAX: {
    status: "invalid_argument",
    summary: "This is no version",
    todo: "Write it like 5.6.1 or 5.7.0-preview.1; a branch that goes on has no version",
  },
  CAPABILITY_PARAMETER: {
    status: "invalid_argument",
    summary: "A parameter is not what the feature takes",
    todo: "GetFeature says which parameters there are, and their ranges",
  },
  CAPABILITY_NOT_OFFERED: {
    status: "failed_precondition",
    summary: "The feature cannot be shown there",
    todo: "Take its fallback, or another target",
  },
  CAPABILITY_FEATURE_INVALID: {
    status: "invalid_argument",
    summary: "The feature cannot be kept as it is described",
    todo: "Correct the field named",
  },
  CAPABILITY_FALLBACK_CYCLE: {
    status: "invalid_argument",
    summary: "The fallbacks lead back to where they began",
    todo: "Take one of the keys named out of its fallbacks: every chain has to end",
  },
  CAPABILITY_IN_USE: {
    status: "failed_precondition",
    summary: "Something still refers to it",
    todo: "Change what refers to it first, or retire the feature: a retired one still leads to its fallbacks",
  },
  CAPABILITY_REVISION_CONFLICT: {
    status: "aborted",
    summary: "It was changed since it was looked at; nothing was written",
    todo: "Read it again and decide anew, with a fresh idempotency key",
  },
  CAPABILITY_TOO_MANY: {
    status: "resource_exhausted",
    summary: "More than there may be",
    todo: "An instance has at most 64 capabilities, a service 1,000 instances; the message says which limit was met",
  },
  CAPABILITY_CATALOGUE: {
    status: "failed_precondition",
    summary: "The catalogue that came with the code cannot be used",
    todo: "Correct the file at the line named and start again",
  },
  CAPABILITY_STORE_AWAY: {
    status: "unavailable",
    summary: "The database does not answer: the catalogue was not changed",
    todo: "Repeat the call, with the same key, in a moment; instances are known and resolved meanwhile",
    retryable: true,
  },
});
