import { createHash } from "node:crypto";

/** `00-<32 hex>-<16 hex>-<2 hex>` of W3C Trace Context. */
const FORM = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/** Whose handling it is: a service may have several aggregates and shards, and each handles the same event for itself. */
export interface Handling {
  readonly service: string;
  /** `aggregate/0`. */
  readonly part: string;
}

/**
 * What an event's handling calls itself in the trace that the event carries; what it emits names it as its
 * parent. It follows from the input alone, so that a replay gives the same bytes.
 * @param traceparent of the event; empty or malformed: it is in no trace
 */
export function handlingTrace(
  traceparent: string | undefined,
  { service, part }: Handling,
  publisher: string,
  sequence: number,
): string | undefined {
  if (traceparent === undefined || traceparent === "") return undefined;
  const found = FORM.exec(traceparent);
  if (found === null) return undefined;
  const span = createHash("sha256")
    .update(`${service}\n${part}\n${publisher}\n${sequence}`)
    .digest("hex")
    .slice(0, 16);
  return `00-${found[1]}-${span}-${found[2]}`;
}
