import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { GuestSecret } from "@orrery/client";

/** Who plays on this machine: the same guest at the next start. */
export function guestIn(data: string): GuestSecret {
  const file = join(data, "play", "guest");
  return {
    load() {
      try {
        return readFileSync(file, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
        throw error;
      }
    },
    save(secret) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, secret, { mode: 0o600 });
    },
  };
}
