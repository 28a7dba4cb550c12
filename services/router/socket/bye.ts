import { ByeReason } from "@orrery/schema/router/v1";
import { OrreryError } from "@orrery/wire";

/** WebSocket close codes of this protocol. */
export const CLOSE = {
  normal: 1000,
  token: 4001,
  version: 4002,
  world: 4004,
  slow: 4008,
  replaced: 4009,
  draining: 4010,
  rate: 4011,
  kicked: 4012,
  protocol: 4013,
} as const;

export interface Farewell {
  readonly reason: ByeReason;
  readonly close: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs: number;
}

/** How a connection ends that did something refused. */
export function farewellFor(error: unknown): Farewell {
  const coded = error instanceof OrreryError ? error : undefined;
  const code = coded?.code ?? "ROUTER_PROTOCOL";
  const [reason, close] = endOf(code);
  const message = coded?.message ?? "The connection failed at the edge";
  return { reason, close, code, message, retryAfterMs: coded?.retryAfterMs ?? 0 };
}

function endOf(code: string): readonly [ByeReason, number] {
  if (code.startsWith("ROUTER_TOKEN_")) return [ByeReason.EXPIRED, CLOSE.token];
  if (code === "ROUTER_WORLD_ENDED") return [ByeReason.WORLD, CLOSE.world];
  if (code === "ROUTER_VERSION") return [ByeReason.VERSION, CLOSE.version];
  if (code === "ROUTER_WORLD_UNKNOWN") return [ByeReason.WORLD, CLOSE.world];
  if (code === "ROUTER_RATE_LIMITED") return [ByeReason.RATE, CLOSE.rate];
  if (code === "ROUTER_NOT_READY") return [ByeReason.DRAINING, CLOSE.draining];
  if (code === "ROUTER_SLOW") return [ByeReason.SLOW, CLOSE.slow];
  return [ByeReason.PROTOCOL, CLOSE.protocol];
}

/** The edge goes away: come back in a moment, with the cursor. */
export const DRAINING: Farewell = {
  reason: ByeReason.DRAINING,
  close: CLOSE.draining,
  code: "",
  message: "The edge restarts",
  retryAfterMs: 1_000,
};
