import { TimeService } from "@orrery/schema/time/v1";
import { ByeReason } from "@orrery/schema/router/v1";
import { OrreryError } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { clientErrors } from "./errors.ts";
import { clientInTime } from "./testing/client-in-time.ts";
import { HEARTBEAT_MS } from "./testing/edge.ts";
import { settle } from "./testing/virtual-time.ts";

const MINUTE_MS = 60_000;
const states = (world: { statuses(): AsyncIterableIterator<{ state: string }> }) => {
  const seen: string[] = [];
  const done = (async () => {
    for await (const { state } of world.statuses()) seen.push(state);
  })();
  return { seen, done };
};
/** A token like the development issuer's: claims in the middle. */
const jwt = (claims: object) => `h.${btoa(JSON.stringify(claims))}.s`;

describe("connect()", () => {
  it("ends with the address when no edge is there", async () => {
    const { connect } = clientInTime({ down: true });
    await expect(connect({ timeoutMs: 5_000 })).rejects.toThrow(/CLIENT_UNREACHABLE.*edge\.example.*5000 ms/);
  });

  it("ends when the socket opens and nobody answers", async () => {
    const { connect } = clientInTime({ dumb: true });
    await expect(connect()).rejects.toThrow(/CLIENT_UNREACHABLE.*no Welcome in time/);
  });

  it("ends when a token source never answers, and when it fails for the moment", async () => {
    const { connect } = clientInTime();
    await expect(connect({ token: () => new Promise<string>(() => {}) })).rejects.toThrow(
      /CLIENT_UNREACHABLE/,
    );
    const failing = () => Promise.reject(new Error("the sign-in server is away"));
    await expect(connect({ token: failing })).rejects.toThrow(/CLIENT_UNREACHABLE.*sign-in server is away/);
  });

  it("ends at once when the token source says that it is final", async () => {
    const { connect, time } = clientInTime();
    const began = time.now();
    const token = () => Promise.reject(new OrreryError(clientErrors.CLIENT_TOKEN, { given: "no" }));
    await expect(connect({ token })).rejects.toThrow(/CLIENT_TOKEN/);
    expect(time.now() - began).toBeLessThan(1_000);
  });

  it("asks for a fresh token when one is refused, and ends when that is refused too", async () => {
    const refusal = { reason: ByeReason.EXPIRED, retryAfterMs: 0 };
    const asked: boolean[] = [];
    const token = async ({ fresh }: { fresh: boolean }) => {
      asked.push(fresh);
      return "t";
    };
    const once = clientInTime({ refusals: [refusal] });
    await once.connect({ token });
    expect(asked).toEqual([false, true]);
    const twice = clientInTime({ refusals: [refusal, refusal] });
    await expect(twice.connect({ token })).rejects.toThrow(/CLIENT_REFUSED/);
  });

  it.each([
    ["a version nobody speaks", ByeReason.VERSION],
    ["a world that is not there", ByeReason.PROTOCOL],
  ])("ends at once when the edge refuses for good: %s", async (_what, reason) => {
    const all = clientInTime({ refusals: [{ reason, retryAfterMs: 0 }] });
    const { connect, time } = all;
    const began = time.now();
    await expect(connect()).rejects.toThrow(/CLIENT_REFUSED.*refused/);
    expect(time.now() - began).toBeLessThan(1_000);
    expect(all.timers).toBe(0);
  });

  it.each(["nonsense", "ftp://edge.example", "http://edge.example/?world=x"])(
    "refuses the address %s",
    async (url) => {
      await expect(clientInTime().connect({ url })).rejects.toThrow(/CLIENT_ADDRESS/);
    },
  );

  it("takes an address with a slash behind it", async () => {
    await expect(clientInTime().connect({ url: "http://edge.example/" })).resolves.toMatchObject({ id: "w" });
  });
});

describe("an open connection", () => {
  it("notices within two heartbeats that nothing comes any more, and comes back", async () => {
    const { connect, edge, time } = clientInTime();
    const world = await connect();
    const { seen } = states(world);
    edge.sessions[0]?.end.goDumb();
    await time.advance(2 * HEARTBEAT_MS);
    expect(seen[0]).toBe("lost");
    await time.advance(5_000);
    expect(world.status.state).toBe("open");
    expect(edge.sessions.length).toBe(1);
  });

  it("stays while an idle edge says its marks", async () => {
    const { connect, time } = clientInTime();
    const world = await connect();
    const { seen } = states(world);
    await time.advance(10 * MINUTE_MS);
    expect(seen).toEqual([]);
  });

  it("does not take a machine that slept for a dead line", async () => {
    const { connect, edge, time } = clientInTime();
    const world = await connect();
    const { seen } = states(world);
    // The timer runs late, and what came meanwhile is looked at after it.
    edge.terms.delayMs = () => 40_000;
    await time.advance(4_000);
    edge.terms.delayMs = () => 5;
    await time.advance(HEARTBEAT_MS);
    expect(seen).toEqual([]);
  });

  it("signs in anew before its token ends, by the token's own length of life", async () => {
    let made = 0;
    const { connect, edge, time } = clientInTime();
    // The issuer's clock is an hour behind this machine's.
    const iat = time.now() / 1000 - 3_600;
    const token = async () => jwt({ iat, exp: iat + 900, jti: made++ });
    const world = await connect({ token });
    const { seen } = states(world);
    await time.advance(15 * MINUTE_MS);
    expect(edge.sessions[0]?.tokens.length).toBe(2);
    expect(seen).toEqual([]);
  });

  it("waits as long as the edge asks before it comes back", async () => {
    const { connect, edge, time } = clientInTime();
    const world = await connect();
    edge.sessions[0]?.bye(ByeReason.DRAINING, 20_000);
    await time.advance(19_000);
    expect(world.status).toMatchObject({ state: "lost", reason: "bye" });
    await time.advance(2_000);
    expect(world.status.state).toBe("open");
  });

  it("is lost, not gone, when what comes cannot be read, and begins with snapshots", async () => {
    const { connect, edge, time } = clientInTime();
    edge.say("p", "mill");
    const world = await connect();
    const mill = world.subscribe({ regions: ["mill"] });
    await time.advance(1_000);
    edge.sessions[0]?.end.sendBytes(Uint8Array.of(0xff, 0xff, 0xff));
    await time.advance(5_000);
    expect(world.status.state).toBe("open");
    expect(world.resumes).toEqual({ gapless: 0, snapshot: 1 });
    expect((await mill.snapshot).length).toBe(1);
  });
});

describe("the end of a connection", () => {
  it("by the edge for good reaches whoever iterates, awaits and calls", async () => {
    const all = clientInTime({ call: () => {}, snapshotMs: () => 1_000 });
    const { connect, edge, within } = all;
    const world = await connect();
    const looked = world.subscribe({ regions: ["mill"] });
    const next = looked[Symbol.asyncIterator]().next();
    const call = world.rpc(TimeService).getClock({ worldId: "w" });
    const met = [looked.snapshot, next, call].map((promise) => within<unknown>(1_000, promise));
    const { seen, done } = states(world);
    edge.sessions[0]?.bye(ByeReason.REPLACED);
    for (const refused of await Promise.all(met))
      expect(refused).toMatchObject({ error: { message: expect.stringMatching(/CLIENT_REFUSED.*bye/) } });
    await done;
    expect(seen).toEqual(["closed"]);
    expect(all.timers).toBe(0);
  });

  it("while a token is fetched stays the end", async () => {
    const all = clientInTime();
    const { connect, edge, time } = all;
    let give = (_token: string) => {};
    let first = true;
    const token = () => {
      if (!first) return new Promise<string>((resolve) => (give = resolve));
      first = false;
      return Promise.resolve("t");
    };
    const world = await connect({ token });
    edge.cutAll();
    await time.advance(2_000);
    world.close();
    give("late");
    await time.advance(MINUTE_MS);
    expect(world.status.state).toBe("closed");
    expect(edge.sessions.length).toBe(0);
    expect(all.timers).toBe(0);
  });

  it("while the line is away leaves no timer behind", async () => {
    const all = clientInTime();
    const { connect, edge, time } = all;
    const world = await connect();
    edge.terms.down = true;
    edge.cutAll();
    await time.advance(30_000);
    expect(world.status.state).toBe("lost");
    world.close();
    await time.advance(100);
    expect(all.timers).toBe(0);
  });

  it("may be said again, after subscriptions and before, and nothing fails unheard", async () => {
    const { connect, time } = clientInTime();
    const world = await connect();
    const looked = world.subscribe({ regions: ["mill"] });
    world.close();
    looked.close();
    world.close();
    expect(() => world.subscribe({})).toThrow(/CLIENT_CLOSED/);
    await expect(world.rpc(TimeService).getClock({ worldId: "w" })).rejects.toThrow(/CLIENT_CLOSED/);
    await time.advance(MINUTE_MS);
    await settle();
    expect(await looked[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });
});
