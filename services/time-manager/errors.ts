import { defineErrors } from "@orrery/wire";

export const timeErrors = defineErrors({
  TIME_RATE_OUT_OF_RANGE: {
    status: "invalid_argument",
    summary: "The rate is not between 0.1 and 36,000 game seconds per real second",
    todo: "Choose a rate in that range; the clock was not changed",
  },
  TIME_BACKWARD: {
    status: "failed_precondition",
    summary: "The target lies before the clock",
    todo: "A world's time never goes back; fork the world at the moment you want instead",
  },
  TIME_RULE_NEVER: {
    status: "invalid_argument",
    summary: "The rule has no instant in the next 20 years",
    todo: "Loosen the rule's fields; `orrery time edges` lists what comes",
  },
  TIME_RULE_INVALID: {
    status: "invalid_argument",
    summary: "A field of the rule does not fit the calendar",
    todo: "Correct the field named; GetCalendar has the ranges",
  },
  TIME_TIMER_INVALID: {
    status: "invalid_argument",
    summary: "The timer is not well formed",
    todo: "Give an id of 1 to 96 characters and a due instant or a rule",
  },
  TIME_TIMER_UNKNOWN: {
    status: "not_found",
    summary: "The owner has no such timer",
    todo: "List the owner's timers; a one-shot timer is gone once it has fired",
  },
  TIME_PAYLOAD_TOO_LARGE: {
    status: "resource_exhausted",
    summary: "The timer's payload is larger than 1,024 bytes",
    todo: "Keep the data where it is and put its id into the payload",
  },
  TIME_TIMER_QUOTA: {
    status: "resource_exhausted",
    summary: "The world holds 200,000 timers, or the owner 20,000",
    todo: "Cancel timers that are no longer needed, or use one recurring timer",
  },
  TIME_TIMER_NOT_YOURS: {
    status: "permission_denied",
    summary: "The timer belongs to another service",
    todo: "Only its owner and admins may read or change it",
  },
  TIME_SKIP_RUNNING: {
    status: "failed_precondition",
    summary: "The world is already skipping or catching up",
    todo: "Wait for it (GetSkip tells how far it is) or cancel it",
  },
  TIME_SKIP_LONG: {
    status: "invalid_argument",
    summary: "The skip is longer than 62 days",
    todo: "Set confirm_long if that is meant: `--yes` on the command line",
  },
  TIME_OFFLINE_POLICY: {
    status: "invalid_argument",
    summary: "The offline policy or its cap is out of range",
    todo: "Say FREEZE or CATCH_UP, and a cap of 0 to 31,622,400 whole game seconds (366 days)",
  },
  TIME_HOLD_QUOTA: {
    status: "resource_exhausted",
    summary: "The clock has 16 holds already",
    todo: "Release one, or hold under a name that is already there",
  },
  TIME_HOLD_INVALID: {
    status: "invalid_argument",
    summary: "A hold needs a name of 1 to 64 characters, other than __proto__",
    todo: "Name it after who holds and why",
  },
});
