import { defineErrors } from "@orrery/wire";

export const routerErrors = defineErrors({
  ROUTER_TOKEN_MISSING: {
    summary: "The call carries no token",
    todo: "Get one with TokenService.Issue and send it as `Authorization: Bearer …`",
  },
  ROUTER_TOKEN_EXPIRED: {
    summary: "The token is no longer valid",
    todo: "Refresh it, and sign in again with the new one",
  },
  ROUTER_TOKEN_SIGNATURE: {
    summary: "The token is not signed by an issuer that is trusted here",
    todo: "Get a token from this deployment's issuer",
  },
  ROUTER_TOKEN_AUDIENCE: {
    summary: "The token was made for another audience or world",
    todo: "Ask for a token for this deployment and world",
  },
  ROUTER_TOKEN_INVALID: {
    summary: "The token cannot be read",
    todo: "Send the token exactly as it was issued",
  },
  ROUTER_WORLD_ENDED: {
    summary: "The world has come to its end",
    todo: "Join another one; ListWorlds has those that run",
  },
  ROUTER_VERSION: {
    summary: "Client and edge have no protocol version in common",
    todo: "Update the client; the versions that are spoken stand in the message",
  },
  ROUTER_NOT_SELF: {
    summary: "The request names another player",
    todo: "Leave the field empty or use the player id of the token",
  },
  ROUTER_NO_METHOD: {
    summary: "No such method is exposed here",
    todo: "Check its full name, `package.Service/Method`, and that its contract declares callers",
  },
  ROUTER_SCOPE: {
    summary: "The token lacks the scope that this needs",
    todo: "Ask an admin for a token with that scope",
  },
  ROUTER_TOO_LARGE: {
    summary: "The message is larger than allowed",
    todo: "Send less at once; the limit stands in the message",
  },
  ROUTER_RATE_LIMITED: {
    summary: "Too many messages in too short a time",
    todo: "Wait as long as retry_after_ms says",
    retryable: true,
  },
  ROUTER_CALLS_AT_ONCE: {
    summary: "Too many calls or streams of the same player run at once",
    todo: "Wait for one of them, or cancel one; the limit stands in the message",
    retryable: true,
  },
  ROUTER_CALL_ID: {
    summary: "A call with this number is still running on this connection",
    todo: "Give each call of a connection a number of its own",
  },
  ROUTER_WORLD_UNKNOWN: {
    summary: "There is no such world here",
    todo: "Ask EdgeService.ListWorlds which there are; one that was just made is there within a second",
  },
  ROUTER_HOST: {
    summary: "The request is for another host, or comes from a page of another one",
    todo: "Add the name to ROUTER_HOSTS, or the page's origin to ROUTER_ORIGINS",
  },
  ROUTER_SUBSCRIPTION: {
    summary: "The subscription is over a limit or not well formed",
    todo: "Ask for less, or take down a subscription first",
  },
  ROUTER_PROTOCOL: {
    summary: "The message does not follow the protocol",
    todo: "See docs/edge-protocol.md; the offset or field stands in the message",
  },
  ROUTER_SLOW: {
    summary: "The client did not read fast enough",
    todo: "Connect again: the cursor resumes without a gap; look at less if it happens again",
    retryable: true,
  },
  ROUTER_NOT_READY: {
    summary: "The edge cannot take anybody in at the moment",
    todo: "Connect again in a moment; the log of the edge says what is away",
    retryable: true,
  },
  ROUTER_ISSUER: {
    summary: "The development issuer does not run in production",
    todo: "Unset ROUTER_DEVELOPMENT_ISSUER and configure the issuer whose tokens count",
  },
});
