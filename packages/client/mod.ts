export type { WorldClock } from "./clock.ts";
export { connect, type ConnectOptions, type World } from "./connect.ts";
export { clientErrors } from "./errors.ts";
export type { WorldEvent } from "./event.ts";
export type { Looks } from "./looks.ts";
export { playerEntity } from "./player.ts";
export type { ConnectionState, ConnectionStatus } from "./status.ts";
export type { Subscription } from "./subscription.ts";
export { type GuestSecret, issuedTokens, type TokenSource } from "./token.ts";
