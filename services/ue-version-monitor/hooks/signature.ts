import { createHmac, timingSafeEqual } from "node:crypto";

/** How far the time of a message may be from ours, either way. */
const TOLERANCE_S = 300;

const mac = (secret: string, ...parts: readonly (string | Uint8Array)[]): string => {
  const hmac = createHmac("sha256", secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
};

/** `t=…,v1=…`, as it stands in the header `orrery-signature`. @param atS Unix seconds */
export const signed = (secret: string, atS: number, body: string | Uint8Array): string =>
  `t=${atS},v1=${mac(secret, `${atS}.`, body)}`;

function isSame(a: string, b: string): boolean {
  const [own, other] = [Buffer.from(a, "hex"), Buffer.from(b, "hex")];
  return own.length === other.length && timingSafeEqual(own, other);
}

/**
 * Why a message is not of whoever holds the secret; undefined: it is. Either our own signature, over time and bytes, or
 * GitHub's `x-hub-signature-256`, over the bytes: what is said twice is one version all the same.
 */
export function problemOf(
  headers: ReadonlyMap<string, string>,
  body: Uint8Array,
  secret: string,
  nowMs: number,
): string | undefined {
  const github = /^sha256=([0-9a-f]{64})$/.exec(headers.get("x-hub-signature-256") ?? "")?.[1];
  if (github !== undefined)
    return isSame(github, mac(secret, body)) ? undefined : "no signature by its secret";
  const [, at, own] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(headers.get("orrery-signature") ?? "") ?? [];
  if (at === undefined || own === undefined) return "it is not signed";
  if (!isSame(own, mac(secret, `${at}.`, body))) return "no signature by its secret";
  const offS = Number(at) - nowMs / 1_000;
  return Math.abs(offS) > TOLERANCE_S ? `its time is ${Math.round(offS)} s off` : undefined;
}
