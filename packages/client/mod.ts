export type { WorldClock } from "./clock.ts";
export {
  connect,
  type ConnectionState,
  type ConnectionStatus,
  type ConnectOptions,
  type World,
} from "./connect.ts";
export { clientErrors } from "./errors.ts";
export type { WorldEvent } from "./event.ts";
export type { Looks, Subscription } from "./subscription.ts";
export { issuedTokens, type TokenSource } from "./token.ts";
