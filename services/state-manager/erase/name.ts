import { createHash } from "node:crypto";

/** Stands for a player who was erased. */
export function erasedName(salt: Uint8Array, player: string): string {
  return `erased:${createHash("sha256").update(salt).update(player).digest("base64url").slice(0, 22)}`;
}
