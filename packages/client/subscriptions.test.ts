import { describe, expect, it } from "vitest";
import type { Subscription } from "./subscription.ts";
import { MOST_UNREAD } from "./subscription.ts";
import { clientInTime } from "./testing/client-in-time.ts";

/** What a subscription is told after its snapshot, as `region=value`. */
function follow(subscription: Subscription): string[] {
  const seen: string[] = [];
  void (async () => {
    for await (const { key, id } of subscription)
      seen.push(`${key || "world"} ${id.publisher}/${id.sequence}`);
  })().catch(() => {});
  return seen;
}

describe("a subscription", () => {
  it.each([
    ["while the line is away", "lost"],
    ["between Hello and Welcome", "greeting"],
    ["just before a cut, its snapshot on its way", "unsettled"],
  ])("that is asked for %s gets its snapshot and what follows", async (_when, when) => {
    const { connect, edge, time, within } = clientInTime({ snapshotMs: () => 500 });
    edge.say("p", "mill");
    const world = await connect();
    const first = world.subscribe({ regions: ["moor"] });
    await within(1_000, first.snapshot);
    edge.say("p", "moor");
    await time.advance(200);
    if (when !== "unsettled") edge.cutAll();
    if (when === "lost") await time.advance(50);
    // A try begins within half a second, and its Hello takes 5 ms to arrive.
    if (when === "greeting") while (edge.sessions.length === 0) await time.advance(1);
    const mill = world.subscribe({ regions: ["mill"] });
    if (when === "unsettled") {
      await time.advance(100);
      edge.cutAll();
    }
    const met = await within(10_000, mill.snapshot);
    expect(met).toMatchObject({ value: [{ key: "mill" }] });
    expect(world.resumes.gapless).toBe(1);
    const seen = follow(mill);
    edge.say("p", "mill");
    await time.advance(1_000);
    expect(seen).toEqual(["mill p/3"]);
  });

  it("that was taken down between Hello and Welcome is taken down at the edge too", async () => {
    const { connect, edge, time } = clientInTime();
    const world = await connect();
    const mill = world.subscribe({ regions: ["mill"] });
    await time.advance(1_000);
    edge.cutAll();
    while (edge.sessions.length === 0) await time.advance(1);
    mill.close();
    await time.advance(1_000);
    expect(edge.sessions[0]?.looks.size).toBe(0);
  });

  it("hears nothing of the world when it does not want to, whatever another one wants", async () => {
    const { connect, edge, time } = clientInTime();
    const world = await connect();
    const mill = follow(world.subscribe({ regions: ["mill"], world: false }));
    const all = follow(world.subscribe({ allRegions: true }));
    await time.advance(1_000);
    for (const region of ["", "mill", "moor"]) edge.say("p", region);
    await time.advance(1_000);
    expect(mill).toEqual(["mill p/2"]);
    expect(all).toEqual(["world p/1", "mill p/2", "moor p/3"]);
  });

  it("counts nothing of a snapshot that was cut short", async () => {
    const { connect, edge, time, within } = clientInTime();
    edge.say("p", "mill");
    edge.say("q", "mill");
    edge.say("q", "");
    const world = await connect();
    const all = world.subscribe({ allRegions: true });
    // The first half is there, the second is not.
    await time.advance(5 + 20);
    edge.cutAll();
    const met = await within(10_000, all.snapshot);
    expect((met as { value: unknown[] }).value.length).toBe(2);
  });

  it("tells of the present again after a gap that could not be closed", async () => {
    const { connect, edge, time, within } = clientInTime();
    edge.say("p", "mill");
    const world = await connect();
    const mill = world.subscribe({ regions: ["mill"] });
    await within(1_000, mill.snapshot);
    const seen = follow(mill);
    edge.terms.forgetful = true;
    edge.cutAll();
    edge.say("p", "mill");
    const before = mill.snapshot;
    await time.advance(2_000);
    expect(world.resumes.snapshot).toBe(1);
    expect(seen).toEqual(["mill p/2"]);
    expect(mill.snapshot).not.toBe(before);
    expect((await mill.snapshot).map(({ id }) => id.sequence)).toEqual([2]);
  });

  it("ends for a reader that leaves, at the edge too", async () => {
    const { connect, edge, time } = clientInTime();
    const world = await connect();
    const mill = world.subscribe({ regions: ["mill"] });
    await time.advance(1_000);
    const reader = mill[Symbol.asyncIterator]();
    const [one, two] = [reader.next(), reader.next()];
    await reader.return?.();
    expect(await Promise.all([one, two])).toEqual(Array(2).fill({ done: true, value: undefined }));
    await time.advance(100);
    expect(edge.sessions[0]?.looks.size).toBe(0);
  });

  it("fails by name when nobody reads it, instead of growing for ever", async () => {
    const { connect, edge, time } = clientInTime();
    const world = await connect();
    const mill = world.subscribe({ regions: ["mill"] });
    await time.advance(1_000);
    for (let at = 0; at <= MOST_UNREAD; at++) edge.say("p", "mill");
    await time.advance(1_000);
    const reader = mill[Symbol.asyncIterator]();
    for (let at = 0; at < MOST_UNREAD; at++) await reader.next();
    await expect(reader.next()).rejects.toThrow(/CLIENT_BEHIND/);
    expect(edge.sessions[0]?.looks.size).toBe(0);
  });

  it("resumes without hearing again what its snapshot told", async () => {
    const { connect, edge, time, within } = clientInTime();
    edge.say("clock", "");
    edge.say("p", "mill");
    const world = await connect();
    const mill = world.subscribe({ regions: ["mill"] });
    await within(1_000, mill.snapshot);
    const seen = follow(mill);
    edge.cutAll();
    await time.advance(2_000);
    expect(world.resumes.gapless).toBe(1);
    expect(seen).toEqual([]);
  });

  it("that the edge refuses for good ends with the reason, and the others go on", async () => {
    const { connect, edge, time, within } = clientInTime({
      refuseLook: ({ regionIds }) => (regionIds.includes("fen") ? { retryAfterMs: 0 } : undefined),
    });
    const world = await connect();
    const mill = follow(world.subscribe({ regions: ["mill"] }));
    const fen = world.subscribe({ regions: ["fen"] });
    const refused = { error: { message: expect.stringMatching(/CLIENT_REFUSED.*no more of these/) } };
    expect(await within(1_000, fen.snapshot)).toMatchObject(refused);
    expect(await within(1_000, fen[Symbol.asyncIterator]().next())).toMatchObject(refused);
    edge.say("p", "mill");
    await time.advance(1_000);
    expect([world.status.state, mill]).toEqual(["open", ["mill p/1"]]);
  });

  it("that the edge cannot take up for the moment is asked for again when it said", async () => {
    let refusals = 0;
    const { connect, time, within } = clientInTime({
      refuseLook: () => (++refusals <= 2 ? { retryAfterMs: 3_000 } : undefined),
    });
    const world = await connect();
    const mill = world.subscribe({ regions: ["mill"] });
    expect(await within(5_000, mill.snapshot)).toBe("open");
    expect(await within(5_000, mill.snapshot)).toHaveProperty("value");
    await time.advance(10_000);
    expect(refusals).toBe(3);
  });

  it("hears nothing of before its snapshot behind it, though another one looks at the same", async () => {
    let refusals = 0;
    const { connect, edge, time, within } = clientInTime({
      refuseLook: ({ id }) => (id === "s2" && ++refusals === 1 ? { retryAfterMs: 2_000 } : undefined),
    });
    const world = await connect();
    const first = follow(world.subscribe({ regions: ["mill"] }));
    await time.advance(500);
    const second = world.subscribe({ regions: ["mill"] });
    await time.advance(500);
    edge.say("p", "mill");
    edge.say("p", "mill");
    await time.advance(500);
    expect(first).toEqual(["mill p/1", "mill p/2"]);
    const seen = follow(second);
    expect(await within(5_000, second.snapshot)).toMatchObject({ value: [{ id: { sequence: 2 } }] });
    edge.say("p", "mill");
    await time.advance(500);
    expect(seen).toEqual(["mill p/3"]);
  });
});
