import { defineErrors } from "@orrery/wire";

export const busNatsErrors = defineErrors({
  NATS_UNREACHABLE: {
    status: "unavailable",
    summary: "No NATS server answers",
    todo: "Start it, or correct the address; `nats-server -c <config>` with jetstream enabled, version 2.12 or newer.",
    retryable: true,
  },
  NATS_UNAVAILABLE: {
    status: "unavailable",
    summary: "The server did not answer a call, or refused it",
    todo: "It is tried again by whoever can wait; look at the server's log if it stays so",
    retryable: true,
  },
  NATS_REFUSED: {
    status: "failed_precondition",
    summary: "The NATS server refuses these credentials",
    todo: "Correct user, password or token; the account needs JetStream and the subjects that begin with the prefix.",
  },
  NATS_NO_JETSTREAM: {
    status: "failed_precondition",
    summary: "The NATS server has no JetStream for this account",
    todo: "Add `jetstream { store_dir: … }` to its configuration.",
  },
  NATS_TOO_OLD: {
    status: "failed_precondition",
    summary: "The NATS server is older than 2.12",
    todo: "Upgrade it.",
  },
  NATS_REPLICAS: {
    status: "unavailable",
    summary: "The NATS servers cannot keep so many copies of a stream",
    todo: "Start as many servers of one cluster as there shall be copies, or ask for fewer with --replicas.",
    retryable: true,
  },
  NATS_STREAM: {
    status: "failed_precondition",
    summary: "A stream is not as it must be, and the server does not let it be put back",
    todo: "Undo the change, or take the stream away and let it be made anew; what it holds is lost then.",
  },
  NATS_RECORD_UNREADABLE: {
    status: "unavailable",
    summary: "What is written down about a subscription cannot be read",
    todo: "Start the service that has it: it writes it down anew; or take it away with `orrery bus forget`.",
    retryable: true,
  },
  NATS_LETTER_UNREADABLE: {
    status: "data_loss",
    summary: "What lies among the dead letters was not put there by Orrery, or was changed since",
    todo: "Look at its bytes; discard it when nobody needs it",
  },
  NATS_BAD_OPTION: {
    status: "invalid_argument",
    summary: "An option of the NATS transport is out of its range",
    todo: "Correct it; the message says the range.",
  },
});
