import { defineErrors } from "@orrery/wire";

export const clientErrors = defineErrors({
  CLIENT_ADDRESS: {
    summary: "The edge's address is not an http or https URL",
    todo: "Pass `url` as `http://127.0.0.1:7070`, without a query",
  },
  CLIENT_CLOSED: { summary: "The client is closed", todo: "Connect again; a closed client stays closed" },
  CLIENT_REFUSED: {
    summary: "The edge ended the connection for good",
    todo: "Read the code it gave; coming back with the same request would end the same way",
  },
  CLIENT_UNREACHABLE: {
    summary: "No edge took the client in",
    todo: "See whether Orrery runs at that address (`orrery start` prints it), and connect again",
    retryable: true,
  },
  CLIENT_NO_ANSWER: {
    summary: "The connection broke before the answer came",
    todo: "Repeat the call; with an idempotency key it is done once",
    retryable: true,
  },
  CLIENT_DEADLINE: {
    summary: "No answer came in time",
    todo: "Repeat the call with an idempotency key, or give it more time with `timeoutMs`",
    retryable: true,
  },
  CLIENT_TOKEN: {
    summary: "No token could be had",
    todo: "Pass `token`, or start the edge with its development issuer",
  },
  CLIENT_BEHIND: {
    summary: "A subscription's events were not read, and no more of them are held",
    todo: "Iterate each subscription, and close those that are not needed; subscribe again for the present",
  },
});
