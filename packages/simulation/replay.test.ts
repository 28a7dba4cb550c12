import { IntakeCommitted, StateCheckpoint, StateSegment } from "@orrery/schema/bus/v1";
import { fingerprint } from "@orrery/schema/registry";
import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { Progress } from "@orrery/schema/simulation/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { type Codec, encodeBytes, openFrame } from "@orrery/wire";
import { expect, it } from "vitest";
import { defineAggregate } from "./define.ts";
import { intakeFrame, reserveIntake } from "./intake.ts";
import { digestFrames } from "./outgoing.ts";
import { type Recorded, replayShard } from "./replay.ts";
import { handlersOf, type Incoming, newProgress, openShard } from "./shard.ts";
import { createLedger } from "./state/ledger.ts";
import { encodeSegment } from "./state/segment.ts";
import { pagesOf } from "./state/whole.ts";
import { tellCheckpoint, tellSegment } from "./telling.ts";
import { nothingTold } from "./written.ts";

const DAY_GS = 86_400;
const EARLIER = "00000000000000ee";

const counter = defineAggregate({ state: { root: HoldState }, emits: [TimerCancelled] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(HourChanged, ({ root: state }, { atGs }, ctx) => {
      state.sinceMs += ctx.random.uniform();
      ctx.emit(TimerCancelled, { atGs, timerId: String(state.sinceMs) });
    }),
  ],
}));

const event = (sequence: number, type: string, payload: Uint8Array): Incoming => {
  const source = "time-manager";
  return { publisher: "p", sequence, type, key: "", source, timeMs: sequence, payload, traceparent: "" };
};

type Told = { readonly record: IntakeCommitted } | { readonly checkpoint: StateCheckpoint };

const eventsIn = <C extends Codec>(codec: C, frames: readonly Uint8Array[]) =>
  frames.flatMap((bytes) => [...openFrame(bytes).events()].map(({ payload }) => codec.decode(payload)));

it("passes over a world whose writer spoke under earlier contracts, and fails where it claims others than it spoke under", async () => {
  const facts = { service: "counter", world: "w", part: "aggregate/0", fingerprint: EARLIER };
  const shard = openShard(counter, handlersOf(counter), facts, newProgress(facts, "s", "0"), undefined);
  const given = [
    event(1, WorldCreated.typeName, encodeBytes(WorldCreated, { worldId: "w", seed: "s", atGs: DAY_GS })),
    ...[2, 3, 4].map((at) =>
      event(at, HourChanged.typeName, encodeBytes(HourChanged, { atGs: DAY_GS + at * 3_600 })),
    ),
  ];
  const told: Told[] = [];
  let checkpoint: StateCheckpoint | undefined;
  const segments: StateSegment[] = [];
  for (const [at, one] of given.entries()) {
    shard.takeEvent(one);
    const source = { ...facts, seq: at + 1, codeVersion: "1", timeMs: at, adoptedFrom: "" };
    const reserved = reserveIntake(shard, { ...source, beginsCheckpoint: at === 0 });
    const collected = shard.collect()!;
    const [record] = eventsIn(IntakeCommitted, [
      intakeFrame(reserved, collected, digestFrames(collected.frames)),
    ]);
    told.push({ record: record! });
    if (at > 0) continue;
    const stream = nothingTold(facts, "0");
    const ledger = createLedger();
    const pages = [...pagesOf(counter.state, shard.state)];
    ledger.put(1, pages);
    const segment = tellSegment(stream, source, 1, encodeSegment(counter.state, pages), DAY_GS);
    ledger.told(1, segment.as);
    segments.push(...eventsIn(StateSegment, segment.frames));
    const progress = encodeBytes(Progress, shard.progress);
    const moment = { seq: 1, record: reserved.id, atGs: DAY_GS, progress };
    const frame = tellCheckpoint(stream, source, moment, ledger.manifest(DAY_GS));
    checkpoint = eventsIn(StateCheckpoint, [frame])[0];
  }
  // Written beside what went on: it was told behind the next record.
  told.splice(2, 0, { checkpoint: checkpoint! });
  const replay = (under: string) =>
    replayShard(
      counter,
      { service: "counter", world: "w", part: "aggregate/0", codeVersion: "1" },
      {
        async *intake(): AsyncGenerator<Recorded> {
          for (const one of told) yield { ...one, fingerprint: under } as Recorded;
        },
        segment: async ({ sequence }) => segments[sequence - 1],
        event: async ({ sequence }) => given[sequence - 1],
        personal: {
          section: async () => new Uint8Array(),
          openMessage: async (_codec, bytes) => ({ bytes, erased: [] }),
          sealFrame: async (frame) => ({ frames: [frame], erased: [] }),
        },
      },
    );
  expect(await replay(EARLIER)).toMatchObject({ verdict: "PASS", batches: 3, events: 3 });
  expect(await replay(fingerprint)).toMatchObject({ verdict: "FAIL" });
});
