import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keptFile } from "./kept-file.ts";

/** File with the secret that makes whoever can read the data folder an admin of this machine's world. */
export const ADMIN_SECRET_FILE = "admin-secret";

/** The operators' key. Every door of a deployment reads the same file, so that another one holds at each at once. */
export interface AdminSecret {
  matches(given: string): boolean;
  /** Makes another one; the old one is none from now on. @returns it */
  rotate(): string;
}

const made = () => randomBytes(24).toString("base64url");
const digestOf = (text: string) => createHash("sha256").update(text).digest();

export async function adminSecret(folder: string | undefined): Promise<AdminSecret> {
  const file = folder === undefined ? undefined : join(folder, ADMIN_SECRET_FILE);
  let inMemory = made();
  if (file !== undefined) await keptFile(file, () => `${inMemory}\n`);
  const now = () => (file === undefined ? inMemory : readFileSync(file, "utf8").trim());
  return {
    matches(given) {
      const kept = now();
      return kept !== "" && timingSafeEqual(digestOf(given), digestOf(kept));
    },
    rotate() {
      const next = made();
      if (file === undefined) inMemory = next;
      else {
        writeFileSync(`${file}.${process.pid}`, `${next}\n`, { mode: 0o600 });
        renameSync(`${file}.${process.pid}`, file);
      }
      return next;
    },
  };
}
