import { defineErrors } from "@orrery/wire";

export const targetErrors = defineErrors({
  ROUTER_NO_TARGET: {
    status: "unavailable",
    retryable: true,
    summary: "No instance of the service can take the call",
    todo: "Try again in a moment; `orrery status` shows how the service does",
  },
  ROUTER_BREAKER_OPEN: {
    status: "unavailable",
    retryable: true,
    summary: "Calls of this kind to the service failed or were slow, and are held off for a while",
    todo: "Try again after the time named; its health says what is wrong",
  },
  ROUTER_DEADLINE: {
    status: "deadline_exceeded",
    retryable: true,
    summary: "The call cannot be answered within its deadline",
    todo: "Give it more time, or ask for less; what it may have begun is not undone",
  },
});
