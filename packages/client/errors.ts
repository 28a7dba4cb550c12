import { defineErrors } from "@orrery/wire";

export const clientErrors = defineErrors({
  CLIENT_CLOSED: { summary: "The client is closed", todo: "Connect again; a closed client stays closed" },
  CLIENT_REFUSED: {
    summary: "The edge ended the connection for good",
    todo: "Read the code it gave; coming back with the same request would end the same way",
  },
  CLIENT_NO_ANSWER: {
    summary: "The connection broke before the answer came",
    todo: "Repeat the call; with an idempotency key it is done once",
    retryable: true,
  },
  CLIENT_TOKEN: {
    summary: "No token could be had",
    todo: "Pass `token`, or start the edge with its development issuer",
  },
});
