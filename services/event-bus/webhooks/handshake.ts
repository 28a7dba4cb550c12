import type { Clock } from "@orrery/service";
import type { AddressGuard } from "./address.ts";
import { type Answer, post } from "./post.ts";

/** Who we say we are; an endpoint allows it by name or with `*`. */
export const ORIGIN = "orrery.events";

export type Agreed = { readonly allowedPerMin: number } | { readonly refused: string };

/** The CloudEvents abuse protection: an endpoint must allow our origin before anything is sent to it. */
export async function handshake(
  url: URL,
  wantedPerMin: number,
  timeoutMs: number,
  guard: AddressGuard,
  clock: Clock,
): Promise<Agreed> {
  const headers = { "webhook-request-origin": ORIGIN, "webhook-request-rate": String(wantedPerMin) };
  const answer = await post({ method: "OPTIONS", url, headers, body: "", timeoutMs }, guard, clock);
  return agreedIn(answer);
}

function agreedIn({ status, headers, error }: Answer): Agreed {
  if (status === 0) return { refused: `no answer: ${error}` };
  if (status < 200 || status > 299) return { refused: `OPTIONS answered ${status}` };
  const origins = String(headers["webhook-allowed-origin"] ?? "")
    .split(",")
    .map((origin) => origin.trim());
  if (!origins.includes("*") && !origins.includes(ORIGIN))
    return { refused: `WebHook-Allowed-Origin does not name ${ORIGIN}` };
  const rate = String(headers["webhook-allowed-rate"] ?? "*").trim();
  if (rate === "*") return { allowedPerMin: 0 };
  const perMin = Number(rate);
  if (!Number.isInteger(perMin) || perMin < 1) return { refused: `WebHook-Allowed-Rate ${rate}` };
  return { allowedPerMin: perMin };
}
