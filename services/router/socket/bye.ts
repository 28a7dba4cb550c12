import { ByeReason } from "@orrery/schema/router/v1";
import { OrreryError } from "@orrery/wire";
import { type Ending, routerErrors } from "../errors.ts";

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
  const kind: { readonly ends?: Ending } | undefined = Object.hasOwn(routerErrors, code)
    ? routerErrors[code as keyof typeof routerErrors]
    : undefined;
  const [reason, close] = ENDS[kind?.ends ?? "protocol"];
  const message = coded?.message ?? "The connection failed at the edge";
  return { reason, close, code, message, retryAfterMs: coded?.retryAfterMs ?? 0 };
}

const ENDS: Readonly<Record<Ending, readonly [ByeReason, number]>> = {
  expired: [ByeReason.EXPIRED, CLOSE.token],
  version: [ByeReason.VERSION, CLOSE.version],
  world: [ByeReason.WORLD, CLOSE.world],
  rate: [ByeReason.RATE, CLOSE.rate],
  draining: [ByeReason.DRAINING, CLOSE.draining],
  slow: [ByeReason.SLOW, CLOSE.slow],
  protocol: [ByeReason.PROTOCOL, CLOSE.protocol],
};

/** The edge goes away: come back in a moment, with the cursor. */
export const DRAINING: Farewell = {
  reason: ByeReason.DRAINING,
  close: CLOSE.draining,
  code: "",
  message: "The edge restarts",
  retryAfterMs: 1_000,
};

/** A service goes on with another state than it had told: come back, for a snapshot. */
export const RENEWED: Farewell = {
  reason: ByeReason.DRAINING,
  close: CLOSE.draining,
  code: "",
  message: "A service of this world goes on with a new state",
  retryAfterMs: 0,
};
