import { DatabaseSync } from "node:sqlite";
import type { FrameBatch } from "@orrery/bus";
import { sumOf, writerOf } from "./story.ts";

/** What one subscription did, shared by its members, as a service's inbox and tables are. */
export interface Record_ {
  /** Takes a frame's events in one transaction: each has its effect once. */
  take(batch: FrameBatch): void;
}

export function openRecord(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 10_000 });
  db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF");
  db.exec(`
    CREATE TABLE IF NOT EXISTS handled (
      writer INTEGER, sequence INTEGER, sum INTEGER NOT NULL, PRIMARY KEY (writer, sequence)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS head (writer INTEGER PRIMARY KEY, sequence INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS count (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
  `);
  return db;
}

export function recorder(db: DatabaseSync): Record_ {
  const insert = db.prepare("INSERT OR IGNORE INTO handled VALUES (?, ?, ?)");
  const headOf = db.prepare("SELECT sequence FROM head WHERE writer = ?");
  const setHead = db.prepare("INSERT OR REPLACE INTO head VALUES (?, ?)");
  const add = db.prepare(
    "INSERT INTO count VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n",
  );
  return {
    take(batch) {
      const counts = { effects: 0, again: 0, redelivered: 0, disordered: 0 };
      db.exec("BEGIN IMMEDIATE");
      try {
        const writer = writerOf(batch.publisher);
        let head = (headOf.get(writer) as { sequence: number } | undefined)?.sequence ?? 0;
        for (const { sequence, payload, key } of batch.events()) {
          if (Number(insert.run(writer, sequence, sumOf(payload, key)).changes) === 1) {
            counts.effects += 1;
            if (sequence < head) counts.disordered += 1;
            head = Math.max(head, sequence);
          } else counts[batch.attempt > 1 ? "redelivered" : "again"] += 1;
        }
        setHead.run(writer, head);
        for (const [name, n] of Object.entries(counts)) if (n > 0) add.run(name, n);
        db.exec("COMMIT");
      } catch (error) {
        if (db.isTransaction) db.exec("ROLLBACK");
        throw error;
      }
    },
  };
}
