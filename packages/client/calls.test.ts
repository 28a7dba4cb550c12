import { JournalService, TailResponseSchema } from "@orrery/schema/bus/v1";
import { create, toBinary } from "@bufbuild/protobuf";
import { TimeService } from "@orrery/schema/time/v1";
import { describe, expect, it } from "vitest";
import { clientInTime } from "./testing/client-in-time.ts";

const MINUTE_MS = 60_000;
const silent = { call: () => {} };
const chunk = toBinary(TailResponseSchema, create(TailResponseSchema, {}));

describe("a call over the socket", () => {
  it("is sent when the line is back, if it was made while it was away", async () => {
    const { connect, edge, time, within } = clientInTime();
    const world = await connect();
    edge.cutAll();
    await time.advance(20);
    expect(world.status.state).toBe("lost");
    expect(await within(10_000, world.rpc(TimeService).getClock({ worldId: "w" }))).toHaveProperty("value");
  });

  it("fails when its deadline passes, sent or not", async () => {
    const all = clientInTime(silent);
    const { connect, edge, time, within } = all;
    const world = await connect();
    const sent = world.rpc(TimeService).getClock({ worldId: "w" }, { timeoutMs: 2_000 });
    expect(await within(3_000, sent)).toMatchObject({
      error: { message: expect.stringMatching(/CLIENT_DEADLINE.*2000 ms/) },
    });
    await time.advance(10);
    expect(edge.sessions[0]?.cancelled).toEqual([1]);
    edge.terms.down = true;
    edge.cutAll();
    await time.advance(100);
    const waiting = world.rpc(TimeService).getClock({ worldId: "w" });
    expect(await within(MINUTE_MS, waiting)).toMatchObject({
      error: { message: expect.stringMatching(/CLIENT_DEADLINE/) },
    });
    world.close();
    expect(all.timers).toBe(0);
  });

  it("fails when the line breaks before its answer, since nobody knows whether it was done", async () => {
    const { connect, edge, time, within } = clientInTime(silent);
    const world = await connect();
    const call = world.rpc(TimeService).getClock({ worldId: "w" });
    const met = within(5_000, call);
    await time.advance(10);
    edge.cutAll();
    expect(await met).toMatchObject({ error: { message: expect.stringMatching(/CLIENT_NO_ANSWER/) } });
  });

  it("that its caller gave up is cancelled at the edge once, and one that was answered never", async () => {
    const { connect, edge, time, within } = clientInTime();
    const world = await connect();
    const asked = new AbortController();
    const { signal } = asked;
    await within(1_000, world.rpc(TimeService).getClock({ worldId: "w" }, { signal, timeoutMs: 1_000 }));
    asked.abort();
    await time.advance(2_000);
    expect(edge.sessions[0]?.cancelled).toEqual([]);
    edge.terms.call = () => {};
    const left = new AbortController();
    const call = world.rpc(TimeService).getClock({ worldId: "w" }, { signal: left.signal });
    const met = within(1_000, call);
    left.abort();
    left.abort();
    expect(await met).toMatchObject({ error: { code: 1 } });
    await time.advance(100);
    expect(edge.sessions[0]?.cancelled).toEqual([2]);
  });

  it("whose client is closed within its time leaves nothing that fails later", async () => {
    const all = clientInTime();
    const { connect, time, within } = all;
    const world = await connect();
    await within(1_000, world.rpc(TimeService).getClock({ worldId: "w" }, { timeoutMs: MINUTE_MS }));
    world.close();
    await time.advance(2 * MINUTE_MS);
    expect(all.timers).toBe(0);
  });

  it("that streams gives as many messages as chunks came, none of them for none", async () => {
    for (const chunks of [0, 1, 3]) {
      const { connect, within } = clientInTime({
        call({ id }, end) {
          for (let at = 0; at < chunks; at++)
            end.send({ message: { case: "chunk", value: { id, response: chunk } } });
          end.send({
            message: { case: "reply", value: { id, result: { case: "response", value: Uint8Array.of() } } },
          });
        },
      });
      const world = await connect();
      const all = within(1_000, Array.fromAsync(world.rpc(JournalService).tail({ worldId: "w" })));
      expect(((await all) as { value: unknown[] }).value.length).toBe(chunks);
    }
  });

  it("that streams is cancelled by its signal, and its reader comes to an end", async () => {
    const { connect, edge, time, within } = clientInTime({
      call: ({ id }, end) => end.send({ message: { case: "chunk", value: { id, response: chunk } } }),
    });
    const world = await connect();
    const stop = new AbortController();
    const read = (async () => {
      for await (const _message of world.rpc(JournalService).tail({ worldId: "w" }, { signal: stop.signal }))
        stop.abort();
    })();
    expect(await within(1_000, read)).toMatchObject({ error: { code: 1 } });
    await time.advance(100);
    expect(edge.sessions[0]?.cancelled).toEqual([1]);
  });
});
