import { defineErrorsWith } from "@orrery/wire";

/** As what a connection ends over an error: each has its Bye reason and its close code (socket/bye.ts). */
export type Ending = "expired" | "version" | "world" | "rate" | "draining" | "slow" | "protocol";

/** `ends`: where it is not said, as an offence against the protocol. */
export const routerErrors = defineErrorsWith<{ readonly ends?: Ending }>()({
  ROUTER_UNKNOWN_TARGET: {
    status: "not_found",
    summary: "This door knows no such instance",
    todo: "Name one that ListTargets has, as `<service>@<address>`; services of the same process are none",
  },
  ROUTER_EJECT_TIME: {
    status: "invalid_argument",
    summary: "An instance cannot be let rest for so long",
    todo: "Give 1,000 to 3,600,000 ms",
  },
  ROUTER_TOKEN_MISSING: {
    status: "unauthenticated",
    ends: "expired",
    summary: "The call carries no token",
    todo: "Get one with TokenService.Issue and send it as `Authorization: Bearer …`",
  },
  ROUTER_TOKEN_EXPIRED: {
    status: "unauthenticated",
    ends: "expired",
    summary: "The token is no longer valid",
    todo: "Refresh it, and sign in again with the new one",
  },
  ROUTER_TOKEN_SIGNATURE: {
    status: "unauthenticated",
    ends: "expired",
    summary: "The token is not signed by an issuer that is trusted here",
    todo: "Get a token from this deployment's issuer",
  },
  ROUTER_TOKEN_AUDIENCE: {
    status: "unauthenticated",
    ends: "expired",
    summary: "The token was made for another audience or world",
    todo: "Ask for a token for this deployment and world",
  },
  ROUTER_TOKEN_INVALID: {
    status: "unauthenticated",
    ends: "expired",
    summary: "The token cannot be read",
    todo: "Send the token exactly as it was issued",
  },
  ROUTER_WORLD_ENDED: {
    status: "failed_precondition",
    ends: "world",
    summary: "The world has come to its end",
    todo: "Join another one; ListWorlds has those that run",
  },
  ROUTER_VERSION: {
    status: "failed_precondition",
    ends: "version",
    summary: "Client and edge have no protocol version in common",
    todo: "Update the client; the versions that are spoken stand in the message",
  },
  ROUTER_SETTINGS_AWAY: {
    status: "unavailable",
    ends: "draining",
    summary: "What holds for this player could not be asked: nobody new is let in without it",
    todo: "Connect again in a moment; who is in goes on",
    retryable: true,
  },
  ROUTER_NOT_SELF: {
    status: "permission_denied",
    summary: "The request names another player",
    todo: "Leave the field empty or use the player id of the token",
  },
  ROUTER_NO_METHOD: {
    status: "not_found",
    summary: "No such method is exposed here",
    todo: "Check its full name, `package.Service/Method`, and that its contract declares callers",
  },
  ROUTER_SCOPE: {
    status: "permission_denied",
    summary: "The token lacks the scope that this needs",
    todo: "Ask an admin for a token with that scope",
  },
  ROUTER_TOO_LARGE: {
    status: "resource_exhausted",
    summary: "The message is larger than allowed",
    todo: "Send less at once; the limit stands in the message",
  },
  ROUTER_RATE_LIMITED: {
    status: "resource_exhausted",
    ends: "rate",
    summary: "Too many messages in too short a time",
    todo: "Wait as long as retry_after_ms says",
    retryable: true,
  },
  ROUTER_CALLS_AT_ONCE: {
    status: "resource_exhausted",
    summary: "Too many calls or streams of the same player run at once",
    todo: "Wait for one of them, or cancel one; the limit stands in the message",
    retryable: true,
  },
  ROUTER_CALL_ID: {
    status: "invalid_argument",
    summary: "A call with this number is still running on this connection",
    todo: "Give each call of a connection a number of its own",
  },
  ROUTER_WORLD_UNKNOWN: {
    status: "not_found",
    ends: "world",
    summary: "There is no such world here",
    todo: "Ask EdgeService.ListWorlds which there are; one that was just made is there within a second",
  },
  ROUTER_HOST: {
    status: "permission_denied",
    summary: "The request is for another host, or comes from a page of another one",
    todo: "Add the name to ROUTER_HOSTS, or the page's origin to ROUTER_ORIGINS",
  },
  ROUTER_SUBSCRIPTION: {
    status: "invalid_argument",
    summary: "The subscription is over a limit or not well formed",
    todo: "Ask for less, or take down a subscription first",
  },
  ROUTER_PROTOCOL: {
    status: "invalid_argument",
    summary: "The message does not follow the protocol",
    todo: "See docs/edge-protocol.md; the offset or field stands in the message",
  },
  ROUTER_SLOW: {
    status: "unavailable",
    ends: "slow",
    summary: "The client did not read fast enough",
    todo: "Connect again: the cursor resumes without a gap; look at less if it happens again",
    retryable: true,
  },
  ROUTER_NOT_READY: {
    status: "unavailable",
    ends: "draining",
    summary: "The edge cannot take anybody in at the moment",
    todo: "Connect again in a moment; the log of the edge says what is away",
    retryable: true,
  },
  ROUTER_NO_HOOK: {
    status: "not_found",
    summary: "No service of this name takes what programs elsewhere send",
    todo: "Check the path, `/hooks/<service>/<name>`, at the sender's",
  },
  ROUTER_ISSUER: {
    status: "failed_precondition",
    summary: "The development issuer does not run in production",
    todo: "Unset ROUTER_DEVELOPMENT_ISSUER and configure the issuer whose tokens count",
  },
});
