import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, it } from "vitest";
import { inProcess } from "./sqlite-runner.ts";
import { inThread } from "./sqlite-thread.ts";
import { openStore, type Store } from "./store.ts";

let folder: string;
const threads: Worker[] = [];
const seen = (worker: Worker) => void threads.push(worker);
const open = (name = "store.db") => openStore({ service: "diary", url: join(folder, name) });
const count = async (store: Store) =>
  (await sql<{ n: number }>`select count(*) as n from note`.execute(store.db)).rows[0]?.n;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-thread-"));
  process.on("worker", seen);
});
afterEach(() => {
  process.off("worker", seen);
  threads.length = 0;
  rmSync(folder, { recursive: true });
});

it("values and refusals are what they are without a thread", async () => {
  const view = new Uint8Array(100_000).fill(7).subarray(10, 20);
  const told: unknown[] = [];
  for (const runner of [inProcess, inThread]) {
    const run = runner(join(folder, `${runner.name}.db`));
    const ask = async (text: string, ...parameters: unknown[]) => {
      try {
        return await run.ask({ statements: [{ sql: text, parameters }] });
      } catch (error) {
        return { ...(error as object), kind: (error as Error).constructor.name, said: String(error) };
      }
    };
    await run.open();
    const large = new Uint8Array(20_000).fill(3);
    told.push([
      await ask("create table note (id integer primary key, body blob unique not null, due real)"),
      await ask("insert into note values (?, ?, ?)", 1, view, 2 ** 53 - 1),
      await ask("insert into note values (?, ?, ?)", 2n, Buffer.from("from a pool"), -0.5),
      await ask("insert into note values (?, ?, ?) returning id", 9_007_199_254_740_993n, large, null),
      await ask("select * from note where id < 3"),
      await ask("select body from note where id > 3"),
      await ask("select * from note"),
      await ask("insert into note values (?, ?, ?)", 2, "another", 0),
      await ask("insert into note (body) values (?)", null),
      await ask("insert into note (body) values (?)", true),
      await ask("select * from nowhere"),
      await ask("pragma max_page_count = 1"),
      await ask("insert into note (body) values (?)", new Uint8Array(4_000_000)),
    ]);
    expect([view.byteLength, large.byteLength]).toEqual([10, 20_000]);
    await run.close();
  }
  expect(told[1]).toEqual(told[0]);
  const refused = (told[1] as { errcode?: number }[]).map(({ errcode }) => errcode);
  expect(refused.filter((code) => code !== undefined)).toEqual([1555, 1299, 1, 13]);
});

it("a database that another process is writing is busy, as it says itself", async () => {
  const store = await open();
  await sql`pragma busy_timeout = 0`.execute(store.db);
  const other = new DatabaseSync(join(folder, "store.db"));
  other.exec("begin immediate");
  const write = () => store.as<{ lease: { name: string } }>().deleteFrom("lease").execute();
  await expect(write()).rejects.toMatchObject({ code: "ERR_SQLITE_ERROR", errcode: 5 });
  other.exec("rollback");
  other.close();
  await write();
  await store.close();
});

it("two threads serve all databases, and are there as long as one of theirs is open", async () => {
  const names = ["one", "two", "three", "four", "five"];
  const stores = await Promise.all(names.map((name) => open(`${name}.db`)));
  expect(threads).toHaveLength(2);
  for (const store of stores.slice(1)) await store.close();
  await sql`select 1`.execute((stores[0] as Store).db);
  expect(threads.filter(({ threadId }) => threadId > 0)).toHaveLength(1);
  await stores[0]?.close();
  expect(threads.filter(({ threadId }) => threadId > 0)).toEqual([]);
});

it("closing comes after what was asked, and loses none of it", async () => {
  const store = await open();
  await sql`create table note (n integer)`.execute(store.db);
  const writes = Array.from({ length: 50 }, (_, n) => sql`insert into note values (${n})`.execute(store.db));
  await Promise.all([store.close(), ...writes]);
  const again = await open();
  expect(await count(again)).toBe(50);
  await again.close();
});

it("a thread that ends by itself: what waits is told so, and the next question goes to a new one", async () => {
  const [store, other, neighbour] = [await open(), await open("two.db"), await open("three.db")];
  await sql`create table note (n integer)`.execute(store.db);
  const ended = { code: "STORE_THREAD_ENDED", retryable: true };
  const amid = store.db.transaction().execute(async (tx) => {
    await sql`insert into note values (1)`.execute(tx);
    const asked = sql`insert into note values (2)`.execute(tx);
    await Promise.all([threads[0]?.terminate(), expect(asked).rejects.toMatchObject(ended)]);
    expect(store.problem()).toMatch(/thread that runs the database ended/);
    expect(neighbour.problem()).toMatch(/thread that runs the database ended/);
    expect(other.problem()).toBeUndefined();
    await sql`insert into note values (3)`.execute(tx);
  });
  await expect(amid).rejects.toMatchObject(ended);
  expect(await count(store)).toBe(0);
  await sql`insert into note values (4)`.execute(store.db);
  await sql`select 1`.execute(neighbour.db);
  expect([store.problem(), neighbour.problem(), threads.length]).toEqual([undefined, undefined, 3]);
  await Promise.all([store.close(), other.close(), neighbour.close()]);
});

it("a thread that fails tells why", async () => {
  const store = await open();
  threads[0]?.postMessage(undefined);
  await new Promise((resolve) => threads[0]?.once("exit", resolve));
  expect(store.problem()).toMatch(/Cannot read properties of undefined/);
  await sql`select 1`.execute(store.db);
  expect(store.problem()).toBeUndefined();
  await store.close();
});

it("a file that cannot be opened is said as such, and leaves no thread behind", async () => {
  await expect(openStore({ service: "diary", url: folder })).rejects.toThrow(
    /STORE_UNAVAILABLE.*unable to open database file/,
  );
  expect(threads[0]?.threadId).toBe(-1);
});

it("the write-ahead log does not grow with what is written, also while nobody ever pauses", async () => {
  const run = inThread(join(folder, "log.db"));
  await run.open();
  const ask = (text: string, ...parameters: unknown[]) =>
    run.ask({ statements: [{ sql: text, parameters }] });
  await ask("create table note (n integer primary key, body blob)");
  await ask("pragma synchronous = off");
  const body = new Uint8Array(3_000);
  const rounds = 4_000;
  for (let at = 0; at < rounds; at += 100)
    await Promise.all(Array.from({ length: 100 }, () => ask("insert into note (body) values (?)", body)));
  const size = statSync(join(folder, "log.db-wal")).size;
  expect(size).toBeGreaterThan(1_000_000);
  expect(size).toBeLessThan(6_000_000);
  await run.close();
});

const program = (then: string) => `
  const { openStore } = await import(${JSON.stringify(join(import.meta.dirname, "store.ts"))});
  const { sql } = await import("kysely");
  const store = await openStore({ service: "diary", url: process.argv[1] });
  await sql\`create table if not exists note (n integer)\`.execute(store.db);
  ${then}`;

function run(then: string) {
  const args = ["--input-type=module", "-e", program(then), join(folder, "store.db")];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: import.meta.dirname,
  });
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  const ended = new Promise<string>((resolve) =>
    child.once("exit", (code, signal) => resolve(`${said}${signal ?? code}`)),
  );
  return { child, ended };
}

it("an open store does not keep its process, and what is asked does until it is answered", async () => {
  const { ended } = run(
    "void sql`insert into note values (1)`.execute(store.db).then(() => console.log('answered'));",
  );
  expect(await ended).toBe("answered\n0");
});

it("what was acknowledged is there after kill -9", async () => {
  const { child, ended } = run(
    "for (let n = 1; ; n++) { await sql`insert into note values (${n})`.execute(store.db); process.stdout.write(`${n}\\n`); }",
  );
  await new Promise<void>((resolve) =>
    child.stdout.on("data", (chunk) => /\b2\d\n/.test(String(chunk)) && resolve()),
  );
  child.kill("SIGKILL");
  const acknowledged = (await ended).split("\n").slice(0, -1).length;
  const store = await open();
  expect(await count(store)).toBeGreaterThanOrEqual(acknowledged);
  await store.close();
});
