import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@orrery/bus";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { KitTables } from "./kit-tables.ts";
import { createOutbox } from "./outbox.ts";
import { openStore, type Store } from "./store.ts";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "orrery-outbox-"));
  store = await openStore({ service: "diary", url: join(folder, "store.db"), migrations: {} });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const frame = (byte: number) => new Uint8Array([byte]);
const put = (outbox: ReturnType<typeof createOutbox>, byte: number) =>
  store
    .as<KitTables>()
    .transaction()
    .execute((tx) => outbox.put(tx, [frame(byte)]));
const kept = async () => {
  const rows = await store.as<KitTables>().selectFrom("outbox").select("frame").orderBy("id").execute();
  return rows.map((row) => row.frame[0]);
};

it("a frame that was sent twice at once takes no other with it when it is forgotten twice", async () => {
  /** What the bus is to answer to, by the frame's byte. */
  const waiting = new Map<number, (() => void)[]>();
  let answersAll = false;
  const send = (bytes: Uint8Array) =>
    new Promise<void>((resolve) => {
      if (answersAll) return resolve();
      const byte = bytes[0] ?? 0;
      waiting.set(byte, [...(waiting.get(byte) ?? []), resolve]);
    });
  const answer = async (byte: number) => {
    while ((waiting.get(byte) ?? []).length === 0) await new Promise((resolve) => setImmediate(resolve));
    waiting.get(byte)?.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const outbox = createOutbox(store, send, systemClock);
  const first = outbox.send(await put(outbox, 1), [frame(1)]);
  // Somebody who goes on with the streams finds the same frame, and sends it too.
  const resumed = outbox.resume();
  while ((waiting.get(1) ?? []).length < 2) await new Promise((resolve) => setImmediate(resolve));
  await answer(1);
  await first;
  const second = outbox.send(await put(outbox, 2), [frame(2)]);
  await answer(1);
  // It is forgotten a second time with this one; the bus has not had the second frame yet.
  void outbox.send(await put(outbox, 3), [frame(3)]);
  expect(await kept()).toEqual([2, 3]);
  answersAll = true;
  for (const resolve of [...waiting.values()].flat()) resolve();
  await Promise.all([second, resumed]);
  await outbox.close();
});

it.each(["outbox", "set_aside"] as const)("%s gives no id a second time", async (table) => {
  const db = store.as<KitTables>();
  const values = { part: "p", world: "w", name: "n", refused: "", frame: frame(1) };
  const row = (table === "outbox" ? { frame: frame(1) } : values) as never;
  const ids: number[] = [];
  for (let times = 0; times < 3; times++) {
    const { id } = await db.insertInto(table).values(row).returning("id").executeTakeFirstOrThrow();
    ids.push(Number(id));
    await db.deleteFrom(table).execute();
  }
  expect(new Set(ids).size).toBe(3);
});
