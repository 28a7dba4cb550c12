import { fingerprint } from "@orrery/schema/registry";
import { IntakeBatch, Progress, type TakenEvent } from "@orrery/schema/simulation/v1";
import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { encodeBytes, OrreryError } from "@orrery/wire";
import { beforeEach, describe, expect, it } from "vitest";
import { defineAggregate } from "./define.ts";
import { simulationErrors } from "./errors.ts";
import type { Taken } from "./personal.ts";
import { retake } from "./handle-again.ts";
import { handlersOf, type Incoming, newProgress, openShard, type Shard } from "./shard.ts";

/** Counts hours in `sinceMs`; refuses hour 13, dies on hour 14 after it has emitted. */
const counter = defineAggregate({ state: { root: HoldState }, emits: [TimerCancelled] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(HourChanged, ({ root: state }, { atGs }, ctx) => {
      if (atGs === 13) throw new OrreryError(simulationErrors.WORLD_UNKNOWN, { given: "thirteen" });
      state.sinceMs += ctx.random.uniform();
      ctx.emit(TimerCancelled, { atGs, timerId: String(state.sinceMs) });
      if (atGs === 14) throw new Error("a bug");
    }),
  ],
}));
const facts = { service: "counter", world: "w", part: "aggregate/0", fingerprint };

/** An event whose fields are getters, as a bus hands them out of its frames. */
class FrameView implements Incoming {
  readonly #event: Incoming;
  constructor(event: Incoming) {
    this.#event = event;
  }
  get publisher() {
    return this.#event.publisher;
  }
  get sequence() {
    return this.#event.sequence;
  }
  get type() {
    return this.#event.type;
  }
  get key() {
    return this.#event.key;
  }
  get source() {
    return this.#event.source;
  }
  get timeMs() {
    return this.#event.timeMs;
  }
  get payload() {
    return this.#event.payload;
  }
}

const event = (sequence: number, type: string, payload: Uint8Array): Incoming =>
  new FrameView({
    publisher: "p",
    sequence,
    type,
    key: "",
    source: "time-manager",
    timeMs: sequence,
    payload,
  });
const hour = (sequence: number, atGs = sequence) =>
  event(sequence, HourChanged.typeName, encodeBytes(HourChanged, { atGs }));
const created = () => event(1, WorldCreated.typeName, encodeBytes(WorldCreated, { worldId: "w", seed: "s" }));
const open = (progress = newProgress(facts, "s", "0")) =>
  openShard(counter, handlersOf(counter), facts, progress, undefined);

describe("a shard", () => {
  let shard: Shard;
  beforeEach(() => {
    shard = open();
    shard.takeEvent(created());
  });

  it("takes each event once", () => {
    expect(shard.takeEvent(hour(2))).toBe(true);
    expect(shard.takeEvent(hour(2))).toBe(false);
    expect(shard.collect()?.emitted).toEqual([{ publisher: "counter/w/aggregate/0/s0", first: 1, count: 1 }]);
  });

  it("records what came in so that handling it again gives the same state and the same bytes", () => {
    for (let sequence = 2; sequence < 10; sequence++) shard.takeEvent(hour(sequence));
    const collected = shard.collect();
    const batch = IntakeBatch.decode(encodeBytes(IntakeBatch, { steps: [...(collected?.steps ?? [])] }));
    expect(batch.steps.map(({ step }) => (step.value as TakenEvent).publisher)).toEqual(Array(9).fill("p"));
    const again = open();
    for (const { step } of batch.steps) retake(again, step as Taken);
    expect(encodeBytes(HoldState, again.state.root)).toEqual(encodeBytes(HoldState, shard.state.root));
    expect(again.collect()?.frames).toEqual(collected?.frames);
    expect(encodeBytes(Progress, again.progress)).toEqual(encodeBytes(Progress, shard.progress));
  });

  it("stays whole when a handler refuses before it changes anything", () => {
    expect(() => shard.takeEvent(hour(2, 13))).toThrow(/thirteen/);
    expect(shard.broken).toBe(false);
    expect(shard.takeEvent(hour(2))).toBe(true);
  });

  it("knows that it is torn when a handler dies half way, and lets none of its events out", () => {
    shard.takeEvent(hour(2));
    expect(() => shard.takeEvent(hour(3, 14))).toThrow(/a bug/);
    expect(shard.broken).toBe(true);
    expect(shard.collect()?.emitted[0]?.count).toBe(1);
  });

  it("does not know a world that nobody has created", () => {
    expect(() => open().takeEvent(hour(1))).toThrow(/WORLD_UNKNOWN/);
  });
});
