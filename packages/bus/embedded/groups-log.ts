// The thread that takes a groups file's write-ahead log over; started by `groups.ts`, ends by itself.
import { DatabaseSync } from "node:sqlite";
import { workerData } from "node:worker_threads";

export interface TakeOver {
  readonly file: string;
  /** PASSIVE holds up nobody and is complete when nobody writes meanwhile; RESTART lets nobody write meanwhile. */
  readonly mode: "PASSIVE" | "RESTART";
}

const BUSY_MS = 2_000;

const { file, mode } = workerData as TakeOver;
const db = new DatabaseSync(file, { timeout: BUSY_MS });
db.exec("PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0");
const { log, checkpointed } = db.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as {
  log: number;
  checkpointed: number;
};
// The next commit begins the log anew and waits until the disk knows: let it be one of this thread.
if (log === checkpointed) db.exec("PRAGMA user_version=1");
db.close();
