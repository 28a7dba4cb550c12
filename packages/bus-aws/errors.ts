import { defineErrors } from "@orrery/wire";

export const busAwsErrors = defineErrors({
  AWS_UNREACHABLE: {
    status: "unavailable",
    summary: "No answer from AWS, or from the emulator at this endpoint",
    todo: "Start it, or correct endpoint, region, route and security group.",
    retryable: true,
  },
  AWS_REFUSED: {
    status: "failed_precondition",
    summary: "AWS refuses these credentials, or they may not do this",
    todo: "Correct the credentials or the role's policy; it needs the SNS and SQS actions of docs/aws-transport.md.",
  },
  AWS_EXPIRED: {
    status: "unavailable",
    summary: "AWS refuses the signature: the credentials have expired, or this machine's clock is wrong",
    todo: "Renew the credentials, or set the clock (more than 15 minutes off is refused).",
    retryable: true,
  },
  AWS_REJECTED: {
    status: "internal",
    summary: "AWS rejects the request",
    todo: "The message holds AWS's own words; correct what it names.",
  },
  AWS_LIMIT: {
    status: "resource_exhausted",
    summary: "This is beyond what AWS takes",
    todo: "Keep to the figure in the message.",
  },
  AWS_DEAD_LETTER_QUEUE_MISSING: {
    status: "failed_precondition",
    summary: "The subscription's queue has no dead-letter queue",
    todo: "Create it and set the queue's RedrivePolicy, or let the transport create what is missing (`topology: create`).",
  },
  AWS_BAD_OPTION: {
    status: "invalid_argument",
    summary: "An option of the AWS transport is out of its range",
    todo: "Correct it; the message says the range.",
  },
  AWS_LETTER_UNREADABLE: {
    status: "data_loss",
    summary: "What lies among the dead letters was not put there by Orrery, or was changed since",
    todo: "Look at its bytes; discard it when nobody needs it",
  },
});
