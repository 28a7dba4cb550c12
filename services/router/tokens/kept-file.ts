import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * What a file holds that is made once and then stays, readable by its owner alone. Of several processes that make it
 * at the same time one wins, and all go on with what that one wrote.
 */
export async function keptFile(file: string, make: () => string | Promise<string>): Promise<string> {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    const own = `${file}.${process.pid}`;
    writeFileSync(own, await make(), { mode: 0o600 });
    try {
      // Unlike a rename this leaves one that is there as it is.
      linkSync(own, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(own);
    }
  }
  return readFileSync(file, "utf8");
}
