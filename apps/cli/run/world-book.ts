import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A world that is run here, and the folder of its pack. What it is made of by now its record says. */
export interface WorldEntry {
  readonly id: string;
  readonly seed: string;
  readonly pack: string;
  readonly rate: number;
}

export interface WorldBook {
  list(): readonly WorldEntry[];
  get(id: string): WorldEntry | undefined;
  put(entry: WorldEntry): void;
}

const folderOf = (dataFolder: string) => join(dataFolder, "worlds");

/** Whether a world was made here before; nothing is opened or made. */
export function isInBook(dataFolder: string, id: string): boolean {
  return existsSync(join(folderOf(dataFolder), `${id}.json`));
}

export function openWorldBook(dataFolder: string): WorldBook {
  const folder = folderOf(dataFolder);
  mkdirSync(folder, { recursive: true });
  const entries = new Map<string, WorldEntry>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    const entry = JSON.parse(readFileSync(join(folder, file), "utf8")) as WorldEntry;
    entries.set(entry.id, entry);
  }
  return {
    list: () => [...entries.values()],
    get: (id) => entries.get(id),
    put(entry) {
      entries.set(entry.id, entry);
      const file = join(folder, `${entry.id}.json`);
      writeFileSync(`${file}.new`, `${JSON.stringify(entry, null, 2)}\n`);
      renameSync(`${file}.new`, file);
    },
  };
}
