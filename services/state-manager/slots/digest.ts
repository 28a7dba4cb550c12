import { createHash } from "node:crypto";

/** SHA-256 over identities and values, in their order. */
export function slotDigest(
  objects: readonly { readonly collection: string; readonly key: string; readonly bytes: Uint8Array }[],
): string {
  const hash = createHash("sha256");
  for (const { collection, key, bytes } of objects)
    hash.update(`${collection}\u0000${key}\u0000${bytes.length}\u0000`).update(bytes);
  return hash.digest("hex");
}
