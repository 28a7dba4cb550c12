import { createHmac, timingSafeEqual } from "node:crypto";

/** How far a webhook's time may be from ours, either way: what was signed once is good for no longer. */
const TOLERANCE_S = 300;
const SIGNATURES_MOST = 16;

export const signatureOf = (secret: string, atS: number | string, body: Uint8Array): string =>
  createHmac("sha256", secret).update(`${atS}.`).update(body).digest("hex");

/** `t=…,v1=…`, as the header has it: one signature for each secret. */
export const signed = (secrets: readonly string[], atS: number, body: Uint8Array): string =>
  [`t=${atS}`, ...secrets.map((secret) => `v1=${signatureOf(secret, atS, body)}`)].join(",");

/**
 * Why a webhook is not the provider's; undefined: it is. The time is held against ours both ways: the provider's own
 * library takes one that lies in the future.
 */
export function problemOf(
  header: string,
  body: Uint8Array,
  { secrets, nowMs }: { readonly secrets: readonly string[]; readonly nowMs: number },
): string | undefined {
  const parts = header.split(",", SIGNATURES_MOST + 1).map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const;
  });
  const times = parts.filter(([name]) => name === "t");
  const at = times[0]?.[1] ?? "";
  if (times.length !== 1 || !/^\d{1,12}$/.test(at)) return "no time is signed";
  const given = parts.filter(([name]) => name === "v1").map(([, value]) => Buffer.from(value, "hex"));
  let matches = false;
  // Every pair is looked at, so that the time it takes says nothing.
  for (const secret of secrets) {
    const own = Buffer.from(signatureOf(secret, at, body), "hex");
    for (const other of given) if (own.length === other.length && timingSafeEqual(own, other)) matches = true;
  }
  if (!matches) return "no signature by a live secret";
  const offS = Number(at) - nowMs / 1_000;
  return Math.abs(offS) > TOLERANCE_S ? `its time is ${Math.round(offS)} s off` : undefined;
}
