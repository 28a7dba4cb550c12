import { defineErrors } from "@orrery/wire";

export const busNatsErrors = defineErrors({
  NATS_UNREACHABLE: {
    summary: "No NATS server answers",
    todo: "Start it, or correct the address; `nats-server -c <config>` with jetstream enabled, version 2.12 or newer.",
    retryable: true,
  },
  NATS_UNAVAILABLE: {
    summary: "The server did not answer a call, or refused it",
    todo: "It is tried again by whoever can wait; look at the server's log if it stays so",
    retryable: true,
  },
  NATS_REFUSED: {
    summary: "The NATS server refuses these credentials",
    todo: "Correct user, password or token; the account needs JetStream and the subjects that begin with the prefix.",
  },
  NATS_NO_JETSTREAM: {
    summary: "The NATS server has no JetStream for this account",
    todo: "Add `jetstream { store_dir: … }` to its configuration.",
  },
  NATS_TOO_OLD: {
    summary: "The NATS server is older than 2.12",
    todo: "Upgrade it.",
  },
  NATS_BAD_OPTION: {
    summary: "An option of the NATS transport is out of its range",
    todo: "Correct it; the message says the range.",
  },
});
