import { describe, expect, it } from "vitest";
import { createQueue } from "./queue.ts";

const DONE = { done: true, value: undefined };

describe("a queue", () => {
  it("gives what was pushed in order, `undefined` too, however long it grew", async () => {
    const queue = createQueue<number | undefined>();
    const pushed = Array.from({ length: 1_000 }, (_, at) => (at % 7 === 0 ? undefined : at));
    for (const value of pushed) queue.push(value);
    const read = [];
    for (let at = 0; at < 500; at++) read.push((await queue.next()).value);
    queue.push(1_000);
    queue.end();
    read.push(...(await Array.fromAsync(queue)));
    expect(read).toEqual([...pushed, 1_000]);
  });

  it("serves several readers in the order they came", async () => {
    const queue = createQueue<number>();
    const readers = [queue.next(), queue.next(), queue.next()];
    queue.push(1);
    queue.push(2);
    queue.end();
    expect(await Promise.all(readers)).toEqual([{ done: false, value: 1 }, { done: false, value: 2 }, DONE]);
  });

  it("tells its error once, behind what was pushed before", async () => {
    const queue = createQueue<number>();
    queue.push(1);
    queue.end(new Error("broken"));
    expect(await queue.next()).toEqual({ done: false, value: 1 });
    await expect(queue.next()).rejects.toThrow("broken");
    expect(await queue.next()).toEqual(DONE);
  });

  it("is left once, by a reader that goes before the end", async () => {
    let left = 0;
    const queue = createQueue<number>(() => left++);
    const waiting = queue.next();
    await queue.return?.();
    await queue.return?.();
    queue.push(1);
    expect([await waiting, await queue.next(), left]).toEqual([DONE, DONE, 1]);
    const ended = createQueue<number>(() => left++);
    ended.end();
    await ended.return?.();
    expect(left).toBe(1);
  });
});
