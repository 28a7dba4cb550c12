import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Groups, openGroups } from "./groups.ts";

let folder: string;
let groups: Groups;
const threads: Worker[] = [];
const seen = (worker: Worker) => void threads.push(worker);
const logPages = () => (groups.db.prepare("PRAGMA wal_checkpoint(NOOP)").get() as { log: number }).log;
const letters = () => (groups.db.prepare("SELECT count(*) AS n FROM dead_letters").get() as { n: number }).n;
/** What fills so many pages of the log. */
function fill(pages: number): void {
  const insert = groups.db.prepare("INSERT INTO dead_letters VALUES ('s', ?, '', ?)");
  groups.write(() => {
    for (let at = 0; at < pages; at++) insert.run(`${letters()}-${at}`, new Uint8Array(4_096));
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-groups-"));
  groups = openGroups(folder);
  process.on("worker", seen);
});
afterEach(() => {
  process.off("worker", seen);
  threads.length = 0;
  groups.close();
  rmSync(folder, { recursive: true });
});

it("a log that has grown is taken over in a thread, and begun anew there: no commit here waits for the disk", async () => {
  fill(100);
  await groups.tidy();
  expect(threads).toHaveLength(0);
  fill(2_000);
  const size = statSync(join(folder, "groups.db-wal")).size;
  const tidied = groups.tidy();
  expect(groups.resting).toBeInstanceOf(Promise);
  await tidied;
  expect(groups.resting).toBeUndefined();
  expect(logPages()).toBe(1);
  fill(1_000);
  expect(letters()).toBe(3_100);
  expect(statSync(join(folder, "groups.db-wal")).size).toBe(size);
});

it("where another process is reading it, the log waits, and a thread is not started for it at each look", async () => {
  fill(2_100);
  const reader = new DatabaseSync(join(folder, "groups.db"));
  reader.exec("BEGIN; SELECT count(*) FROM dead_letters");
  fill(10);
  await groups.tidy();
  await groups.tidy();
  expect(threads).toHaveLength(1);
  expect(logPages()).toBeGreaterThan(2_100);
  reader.close();
});

it("what was committed can be made durable without taking the log over", async () => {
  fill(1);
  const pages = logPages();
  await groups.durable();
  expect(logPages()).toBe(pages);
});
