import { createMemoryTransport, type Subscription } from "@orrery/bus";
import { DeadLetterService, LetterState, RedriveState } from "@orrery/schema/bus/v1";
import { createLogger, type Host, startHost } from "@orrery/service";
import { createFrameWriter, defineErrors, OrreryError } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import eventBus from "../service.ts";

const BROKEN = "reader/handler";
const NEIGHBOUR = "neighbour/handler";
const EVENTS = 500;
// Not retryable: each is given up after its first attempt.
const errors = defineErrors({
  TEST_BROKEN: { status: "internal", summary: "The handler is broken", todo: "Mend it" },
});

let host: Host;
let works: boolean;
let handled: Map<string, number[]>;
let readers: Subscription[];

const letters = () => host.directory.client(DeadLetterService, { role: "admin", id: "ada", scopes: [] });

async function publish(first: number, count: number): Promise<void> {
  const writer = createFrameWriter({
    source: "test",
    world: "w",
    publisher: "p",
    lane: "standard",
    fingerprint: "0000000000000000",
    firstSequence: first,
  });
  for (let i = 0; i < count; i++)
    writer.appendRaw("test.v1.Said", new Uint8Array([i & 255, i >> 8]), { key: `k${i % 7}`, timeMs: 1 });
  await host.surroundings.bus.send(writer.finish());
}

async function start() {
  host = await startHost({
    services: [eventBus],
    transport: createMemoryTransport(),
    outsideTypes: ["*"],
    storeUrl: () => ":memory:",
    env: {},
    log: createLogger("silent"),
  });
  readers = [BROKEN, NEIGHBOUR].map((id) =>
    host.surroundings.bus.subscribe({
      id,
      types: ["test.*"],
      order: "key",
      handle({ sequence }) {
        if (id === BROKEN && !works && sequence % 2 === 0) throw new OrreryError(errors.TEST_BROKEN);
        handled.set(id, [...(handled.get(id) ?? []), sequence]);
      },
    }),
  );
  await Promise.all(readers.map(({ ready }) => ready));
}

beforeEach(async () => {
  works = false;
  handled = new Map();
  await start();
  await publish(1, EVENTS);
  await vi.waitUntil(async () => (handled.get(NEIGHBOUR)?.length ?? 0) === EVENTS, { timeout: 10_000 });
  await vi.waitUntil(
    async () =>
      (await letters().listDeadLetters({ filter: { subscription: BROKEN }, pageSize: 1_000 })).letters
        .length ===
      EVENTS / 2,
    { timeout: 10_000 },
  );
});
afterEach(() => host.stop());

const list = async (state: LetterState) =>
  (await letters().listDeadLetters({ filter: { subscription: BROKEN }, state, pageSize: 1_000 })).letters;
const ended = async (jobId: string) =>
  vi.waitUntil(
    async () => {
      const job = await letters().getRedrive({ jobId });
      return job.state === RedriveState.RUNNING ? undefined : job;
    },
    { timeout: 10_000 },
  );

describe("dead letters", () => {
  it("stand with reason and attempts, their neighbours in the frame untouched", async () => {
    const [first] = await list(LetterState.OPEN);
    expect(first).toMatchObject({
      state: LetterState.OPEN,
      entry: { subscription: BROKEN, publisher: "p", sequence: 2, code: "TEST_BROKEN", generation: 0 },
    });
    expect(first?.entry?.attempts).toBeGreaterThan(0);
    expect(handled.get(BROKEN)).toHaveLength(EVENTS / 2);
  });

  it("go once more to their own subscription only, after a dry run that moves nothing", async () => {
    const filter = { subscription: BROKEN, code: "TEST_BROKEN" };
    const dry = await letters().redrive({ filter });
    expect(dry).toMatchObject({ dryRun: true, matched: EVENTS / 2, jobId: "" });
    expect(dry.byType).toMatchObject([{ name: "test.v1.Said", count: EVENTS / 2 }]);
    expect(await list(LetterState.OPEN)).toHaveLength(EVENTS / 2);

    works = true;
    const { jobId } = await letters().redrive({ filter, dryRun: false, ratePerS: 10_000, note: "mended" });
    expect(await ended(jobId)).toMatchObject({ state: RedriveState.DONE, sent: EVENTS / 2, refused: 0 });
    await vi.waitUntil(() => handled.get(BROKEN)?.length === EVENTS, { timeout: 10_000 });
    expect(new Set(handled.get(BROKEN)).size).toBe(EVENTS);
    expect(handled.get(NEIGHBOUR)).toHaveLength(EVENTS);
    const redriven = await list(LetterState.REDRIVEN);
    expect(redriven).toHaveLength(EVENTS / 2);
    expect(redriven[0]).toMatchObject({ actor: "admin:ada", note: "mended" });
    expect(await list(LetterState.OPEN)).toHaveLength(0);
  });

  it("that fail again come back a generation up", async () => {
    const { jobId } = await letters().redrive({ filter: { subscription: BROKEN }, max: 3, dryRun: false });
    await ended(jobId);
    await vi.waitUntil(
      async () => (await list(LetterState.OPEN)).some(({ entry }) => entry?.generation === 1),
      { timeout: 10_000 },
    );
    const open = await list(LetterState.OPEN);
    expect(open).toHaveLength(EVENTS / 2);
  });

  it("leave by resolve or discard, each with who and why", async () => {
    const [one, two] = await list(LetterState.OPEN);
    const only = (letter: typeof one) => ({ subscription: BROKEN, entryIds: [letter?.entry?.entryId ?? ""] });
    expect(await letters().resolve({ filter: only(one), note: "by hand" })).toMatchObject({ resolved: 1 });
    await expect(letters().discard({ filter: only(two), note: " " })).rejects.toThrow(/BUS_NOTE_MISSING/);
    expect(await letters().discard({ filter: only(two), note: "nonsense" })).toMatchObject({ discarded: 1 });
    const [resolved, discarded] = [await list(LetterState.RESOLVED), await list(LetterState.DISCARDED)];
    expect(resolved).toMatchObject([{ actor: "admin:ada", note: "by hand" }]);
    expect(discarded[0]?.entry).toEqual(two?.entry);
    expect(await list(LetterState.OPEN)).toHaveLength(EVENTS / 2 - 2);
    const entryId = two?.entry?.entryId ?? "";
    const { letter } = await letters().getDeadLetter({ subscription: BROKEN, entryId });
    expect(letter?.state).toBe(LetterState.DISCARDED);
  });

  it("are open again when their redrive is cancelled before it comes to them", async () => {
    works = true;
    const asked = { filter: { subscription: BROKEN }, dryRun: false, ratePerS: 1 };
    const { jobId } = await letters().redrive(asked);
    await expect(letters().resolve({ filter: asked.filter })).rejects.toThrow(/BUS_REDRIVE_STATE/);
    await letters().cancelRedrive({ jobId });
    const job = await letters().getRedrive({ jobId });
    expect(job.state).toBe(RedriveState.CANCELLED);
    const open = await list(LetterState.OPEN);
    expect(open.every(({ state }) => state === LetterState.OPEN)).toBe(true);
    expect(open).toHaveLength(EVENTS / 2 - job.sent);
    await expect(letters().getRedrive({ jobId: "none" })).rejects.toThrow(/BUS_JOB_UNKNOWN/);
  });
});
