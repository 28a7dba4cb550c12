import { once } from "node:events";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ownThread } from "../own-thread.ts";
import type { TakeOver } from "./groups-log.ts";

/** Everything members of a subscription share, in one SQLite file that several processes use. */
export interface Groups {
  readonly db: DatabaseSync;
  /** Runs `act` in one write transaction. */
  write<T>(act: () => T): T;
  /** Changes when another connection has committed. */
  version(): number;
  /** While the write-ahead log is taken over: who writes now waits for the disk, who waits for this does not. */
  readonly resting: Promise<void> | undefined;
  /** Takes the write-ahead log over, in a thread of its own, when it has grown. */
  tidy(): Promise<void>;
  /** Resolves when what was committed survives a power cut. */
  durable(): Promise<void>;
  /** The process, or its transport, is ending: what is left of the log is taken over here. */
  close(): void;
}

const BUSY_MS = 5_000;
/** Pages of the write-ahead log, of 4 KiB: it is taken over, and whoever writes meanwhile has to wait. */
const LOG_PAGES = 2_000;
const LOG_MOST_PAGES = 4 * LOG_PAGES;
/** From one try to the next, while other processes write into it. */
const TRY_EVERY_MS = 5_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS topics (service TEXT, lane TEXT, PRIMARY KEY (service, lane)) WITHOUT ROWID;
  -- starts: partition -> position at which a new subscription begins there (JSON); others: from their birth.
  CREATE TABLE IF NOT EXISTS subscriptions (id TEXT PRIMARY KEY, spec TEXT NOT NULL, starts TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS members (
    subscription TEXT, member TEXT, expires_ms REAL NOT NULL, PRIMARY KEY (subscription, member)
  ) WITHOUT ROWID;
  -- A bucket is a share of a subscription's frames; its owner alone hands them out and moves its cursors.
  -- cursors: partition -> [settled up to, handed out up to] (JSON). crashes: owners lost since it last moved.
  CREATE TABLE IF NOT EXISTS buckets (
    subscription TEXT, bucket INTEGER, owner TEXT, epoch INTEGER NOT NULL, expires_ms REAL NOT NULL,
    cursors TEXT NOT NULL, crashes INTEGER NOT NULL, PRIMARY KEY (subscription, bucket)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS delays (
    subscription TEXT, bucket INTEGER, partition TEXT, position INTEGER, not_before_ms REAL NOT NULL,
    attempt INTEGER NOT NULL, PRIMARY KEY (subscription, bucket, partition, position)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS requeued (
    id INTEGER PRIMARY KEY AUTOINCREMENT, subscription TEXT NOT NULL, frame BLOB NOT NULL, attempt INTEGER NOT NULL,
    generation INTEGER NOT NULL, not_before_ms REAL NOT NULL
  );
  CREATE INDEX IF NOT EXISTS requeued_due ON requeued (subscription, not_before_ms);
  CREATE TABLE IF NOT EXISTS dead_letters (
    subscription TEXT NOT NULL, entry TEXT NOT NULL, facts TEXT NOT NULL, frame BLOB NOT NULL,
    PRIMARY KEY (subscription, entry)
  );
  -- A slot that was taken anew: what its log goes on from has to be read first (JSON: partition -> position).
  CREATE TABLE IF NOT EXISTS barriers (slot INTEGER, partition TEXT, position INTEGER, needs TEXT NOT NULL,
    PRIMARY KEY (partition, position)) WITHOUT ROWID;
`;

export function openGroups(root: string): Groups {
  const file = join(root, "groups.db");
  const db = new DatabaseSync(file, { timeout: BUSY_MS });
  // A commit does not sync; what does is taking the log over, and the first commit after it.
  db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0");
  db.exec(SCHEMA);
  const version = db.prepare("PRAGMA data_version");
  const log = db.prepare("PRAGMA wal_checkpoint(NOOP)");
  let resting: Promise<void> | undefined;

  let triedMs = Number.NEGATIVE_INFINITY;

  async function takeOver(pages: number): Promise<void> {
    const workerData: TakeOver = { file, mode: pages < LOG_MOST_PAGES ? "PASSIVE" : "RESTART" };
    await once(
      ownThread(new URL("./groups-log.ts", import.meta.url), { name: "groups-log", workerData }),
      "exit",
    );
  }

  return {
    db,
    write(act) {
      db.exec("BEGIN IMMEDIATE");
      try {
        const result = act();
        db.exec("COMMIT");
        return result;
      } catch (error) {
        // A full disk makes SQLite roll back by itself; doing it again would hide why.
        if (db.isTransaction) db.exec("ROLLBACK");
        throw error;
      }
    },
    version: () => (version.get() as { data_version: number }).data_version,
    get resting() {
      return resting;
    },
    async tidy() {
      if (resting !== undefined || performance.now() - triedMs < TRY_EVERY_MS) return resting;
      const { log: pages } = log.get() as { log: number };
      if (pages < LOG_PAGES) return;
      triedMs = performance.now();
      const taken = takeOver(pages);
      resting = taken.catch(() => {}).finally(() => (resting = undefined));
      await taken;
    },
    async durable() {
      const wal = await open(`${file}-wal`, "r");
      try {
        await wal.datasync();
      } finally {
        await wal.close();
      }
    },
    close: () => db.close(),
  };
}
