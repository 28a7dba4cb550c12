import { defineErrors } from "@orrery/wire";

export const engineErrors = defineErrors({
  ENGINE_UNKNOWN_SUBJECT: {
    status: "not_found",
    summary: "Nothing of that name is watched",
    todo: "ListSubjects names those there are; engines.yaml says what is watched",
  },
  ENGINE_UNKNOWN_VERSION: {
    status: "not_found",
    summary: "No source has told of that version",
    todo: "ListSightings names those that were seen",
  },
  ENGINE_UNKNOWN_UPGRADE: {
    status: "not_found",
    summary: "There is no such upgrade",
    todo: "ListUpgrades names those there are",
  },
  ENGINE_UNKNOWN_DRAFT: {
    status: "not_found",
    summary: "There is no such draft",
    todo: "ListDrafts names those there are",
  },
  ENGINE_TAG_UNPARSED: {
    status: "invalid_argument",
    summary: "The tag is no version of the subject",
    todo: "Correct the tag, or the patterns of the subject in engines.yaml; those tried stand in the message",
  },
  ENGINE_RANGE: {
    status: "invalid_argument",
    summary: "This is no range of versions",
    todo: "Write it like `>=5.7.0 <5.8.0` or `5.7.x`, and say why",
  },
  ENGINE_SUBJECTS: {
    status: "failed_precondition",
    summary: "What is to be watched cannot be read",
    todo: "Correct the file at the line named and start again",
  },
  ENGINE_FEED: {
    status: "failed_precondition",
    summary: "What a source answered cannot be read",
    todo: "Look at its address; other sources go on, and it is tried again",
    retryable: true,
  },
  ENGINE_SOURCE_UNAUTHORISED: {
    status: "permission_denied",
    summary: "The source does not let us read: what it holds is not known",
    todo: "Set the variable named to a token that may read it, and start again",
  },
  ENGINE_SOURCE_LIMITED: {
    status: "resource_exhausted",
    summary: "The source asked us to wait",
    todo: "It is read again by itself at the moment named",
    retryable: true,
  },
  ENGINE_SOURCE_TOO_LARGE: {
    status: "failed_precondition",
    summary: "The source answers with more than 4 MiB",
    todo: "Name an address that lists less, like a page of it",
  },
  ENGINE_CHECK_TOO_SOON: {
    status: "resource_exhausted",
    summary: "The source was read less than a minute ago",
    todo: "Look at what that came to, or wait for the moment named",
    retryable: true,
  },
  ENGINE_STATE_CONFLICT: {
    status: "failed_precondition",
    summary: "An upgrade cannot go there from where it stands",
    todo: "Use one of the moves in the message",
  },
  ENGINE_APPROVAL_NEEDED: {
    status: "failed_precondition",
    summary: "The upgrade lacks an approval that counts",
    todo: "Let somebody else approve it: whoever proposed it is not enough where two are wanted, and nobody counts twice",
  },
  ENGINE_RUNNER_REJECTED: {
    status: "failed_precondition",
    summary: "The runner does not take the job",
    todo: "Mend what the message says of the runner, then retry the upgrade",
    retryable: true,
  },
  ENGINE_JOB_TOKEN: {
    status: "permission_denied",
    summary: "The report is not by the runner of this job",
    todo: "Send the token that came with the job; a person may report where the runner is `manual`",
  },
  ENGINE_REPORT: {
    status: "invalid_argument",
    summary: "The report says less than the step needs",
    todo: "A build names its artefact with a SHA-256, tests name their suites, a person's word says why",
  },
  ENGINE_HOOK: {
    status: "permission_denied",
    summary: "The message is not by the source that it names",
    todo: "Sign its bytes with HMAC-SHA256 and the secret of the source, within five minutes",
  },
  ENGINE_STORE_AWAY: {
    status: "unavailable",
    summary: "The database does not answer: nothing was written",
    todo: "Repeat the call with the same key in a moment",
    retryable: true,
  },
});
