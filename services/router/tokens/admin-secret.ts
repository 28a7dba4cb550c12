import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { keptFile } from "./kept-file.ts";

/** File with the secret that makes whoever can read the data folder an admin of this machine's world. */
export const ADMIN_SECRET_FILE = "admin-secret";

export async function adminSecret(folder: string | undefined): Promise<string> {
  const made = () => randomBytes(24).toString("base64url");
  if (folder === undefined) return made();
  return (await keptFile(join(folder, ADMIN_SECRET_FILE), () => `${made()}\n`)).trim();
}
