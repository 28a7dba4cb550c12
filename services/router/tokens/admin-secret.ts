import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** File with the secret that makes whoever can read the data folder an admin of this machine's world. */
export const ADMIN_SECRET_FILE = "admin-secret";

export function adminSecret(folder: string | undefined): string {
  if (folder === undefined) return randomBytes(24).toString("base64url");
  const file = join(folder, ADMIN_SECRET_FILE);
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  mkdirSync(folder, { recursive: true });
  const secret = randomBytes(24).toString("base64url");
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}
