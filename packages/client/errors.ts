import { defineErrors } from "@orrery/wire";

export const clientErrors = defineErrors({
  CLIENT_ADDRESS: {
    status: "invalid_argument",
    summary: "The edge's address is not an http or https URL",
    todo: "Pass `url` as `http://127.0.0.1:7070`, without a query",
  },
  CLIENT_CLOSED: {
    status: "cancelled",
    summary: "The client is closed",
    todo: "Connect again; a closed client stays closed",
  },
  CLIENT_REFUSED: {
    status: "failed_precondition",
    summary: "The edge ended the connection for good",
    todo: "Read the code it gave; coming back with the same request would end the same way",
  },
  CLIENT_UNREACHABLE: {
    status: "unavailable",
    summary: "No edge took the client in",
    todo: "See whether Orrery runs at that address (`orrery start` prints it), and connect again",
    retryable: true,
  },
  CLIENT_NO_ANSWER: {
    status: "unavailable",
    summary: "The connection broke before the answer came",
    todo: "Repeat the call; with an idempotency key it is done once",
    retryable: true,
  },
  CLIENT_DEADLINE: {
    status: "deadline_exceeded",
    summary: "No answer came in time",
    todo: "Repeat the call with an idempotency key, or give it more time with `timeoutMs`",
    retryable: true,
  },
  CLIENT_TOKEN: {
    status: "unauthenticated",
    summary: "No token could be had",
    todo: "Pass `token`, or start the edge with its development issuer",
  },
  CLIENT_BEHIND: {
    status: "resource_exhausted",
    summary: "A subscription's events were not read, and no more of them are held",
    todo: "Iterate each subscription, and close those that are not needed; subscribe again for the present",
  },
});
