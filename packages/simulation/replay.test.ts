import { IntakeCommitted } from "@orrery/schema/bus/v1";
import { fingerprint } from "@orrery/schema/registry";
import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { encodeBytes, openFrame } from "@orrery/wire";
import { expect, it } from "vitest";
import { defineAggregate } from "./define.ts";
import { intakeFrames, reserveIntake } from "./intake.ts";
import { digestFrames } from "./outgoing.ts";
import { type Recorded, replayShard } from "./replay.ts";
import { encodeImage } from "./state/image.ts";
import { handlersOf, type Incoming, newProgress, openShard } from "./shard.ts";

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

it("passes over a world whose writer spoke under earlier contracts, and fails where it claims others than it spoke under", async () => {
  const facts = { service: "counter", world: "w", fingerprint: EARLIER };
  const shard = openShard(counter, handlersOf(counter), facts, newProgress(facts, "s", "0"), undefined);
  const given = [
    event(1, WorldCreated.typeName, encodeBytes(WorldCreated, { worldId: "w", seed: "s", atGs: DAY_GS })),
    ...[2, 3, 4].map((at) =>
      event(at, HourChanged.typeName, encodeBytes(HourChanged, { atGs: DAY_GS + at * 3_600 })),
    ),
  ];
  const records: IntakeCommitted[] = [];
  for (const [at, one] of given.entries()) {
    shard.takeEvent(one);
    const state = encodeImage(counter, shard.state);
    const source = {
      ...facts,
      seq: at + 1,
      codeVersion: "1",
      timeMs: at,
      stateType: HoldState.typeName,
      adoptedFrom: "",
    };
    const reserved = reserveIntake(shard, source, () => state.length);
    const collected = shard.collect()!;
    for (const bytes of intakeFrames(reserved, collected, digestFrames(collected.frames), source, state))
      for (const { payload } of openFrame(bytes).events()) records.push(IntakeCommitted.decode(payload));
  }
  const replay = (under: string) =>
    replayShard(
      counter,
      { service: "counter", world: "w", codeVersion: "1" },
      {
        async *intake(): AsyncGenerator<Recorded> {
          for (const record of records) yield { record, fingerprint: under };
        },
        event: async ({ sequence }) => given[sequence - 1],
        personal: {
          openMessage: async (_codec, bytes) => ({ bytes, erased: [] }),
          sealFrame: async (frame) => ({ frames: [frame], erased: [] }),
        },
      },
    );
  expect(await replay(EARLIER)).toMatchObject({ verdict: "PASS", batches: 3, events: 3 });
  expect(await replay(fingerprint)).toMatchObject({ verdict: "FAIL" });
});
