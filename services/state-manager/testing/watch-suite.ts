import type { WatchRequestInit, WatchResponse } from "@orrery/schema/state/v1";
import { errorCodeOf } from "@orrery/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { idOf, put } from "./operations.ts";
import { objects } from "../objects.ts";
import { startState, type TestState } from "./state.ts";

export function watchSuite(name: string, url: () => Promise<string>): void {
  describe(`watches on ${name}`, () => {
    let state: TestState;
    beforeAll(async () => {
      state = await startState(await url());
    });
    afterAll(() => state.stop());

    const write = (owner: string, key: string, json: string) =>
      state
        .client()
        .write({ worldId: "w", operations: [{ id: idOf("progress", owner, key), ...put(json) }] });

    /** Reads until `enough` changes have come. */
    async function read(
      request: WatchRequestInit,
      enough: number,
      caller = state.client(),
    ): Promise<WatchResponse[]> {
      const stop = new AbortController();
      const got: WatchResponse[] = [];
      const stream = caller.watch(
        { worldId: "w", collection: "progress", ...request },
        { signal: stop.signal },
      );
      for await (const part of stream) {
        got.push(part);
        if (got.reduce((sum, { changes }) => sum + changes.length, 0) >= enough) break;
      }
      stop.abort();
      return got;
    }

    it("sees every change after a seq once, from memory, from history, and as it comes", async () => {
      const seqBefore = (await state.client().list({ worldId: "w", collection: "progress" })).seq;
      for (let n = 0; n < 30; n++) await write("player:w", `k${n % 3}`, String(n));
      const watching = read({ fromSeq: seqBefore }, 40);
      for (let n = 30; n < 40; n++) await write("player:w", `k${n % 3}`, String(n));
      const seqs = (await watching).flatMap(({ changes }) => changes.map(({ seq }) => seq));
      const expected = Array.from({ length: 40 }, (_, i) => seqBefore + 1 + i);
      expect(seqs).toEqual(expected);
      state.host.running()[0]?.kit.part(objects).feed.forget();
      const again = (await read({ fromSeq: seqBefore }, 40)).flatMap(({ changes }) =>
        changes.map(({ seq }) => seq),
      );
      expect(again).toEqual(expected);
    });

    it("sees what matches and may be read only", async () => {
      const fromSeq = (await state.client().list({ worldId: "w", collection: "progress" })).seq;
      const watching = read({ fromSeq }, 2, state.player("player:x"));
      for (const [at, owner] of ["player:y", "player:x", "player:y", "player:x"].entries())
        await write(owner, "main", `"${owner} ${at}"`);
      const owners = (await watching).flatMap(({ changes }) => changes.map(({ id }) => id?.owner));
      expect(owners).toEqual(["player:x", "player:x"]);
    });

    it("begins with the objects as they are, then goes on without a gap", async () => {
      await write("player:z", "a", "1");
      const watching = read({ snapshot: true, owner: "player:z" }, 1);
      await write("player:z", "b", "2");
      const parts = await watching;
      const keys = parts.flatMap(({ objects: own }) => own.map(({ id }) => id?.key));
      const changed = parts.flatMap(({ changes }) => changes.map(({ id }) => id?.key));
      expect([...new Set([...keys, ...changed])].sort()).toEqual(["a", "b"]);
      expect(parts.some(({ snapshotComplete }) => snapshotComplete)).toBe(true);
    });

    it("says that a cursor is too old", async () => {
      state.host.running()[0]?.kit.part(objects).feed.forget();
      state.later(25 * 3_600_000);
      await write("player:late", "a", "1");
      state.host.running()[0]?.kit.part(objects).feed.forget();
      await expect(read({ fromSeq: 0 }, 1)).rejects.toSatisfy(
        (error: unknown) => errorCodeOf(error) === "STATE_CURSOR_TOO_OLD",
      );
    });
  });
}
