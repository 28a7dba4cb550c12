import { HourChanged } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { TakenCommand } from "@orrery/schema/simulation/v1";
import { encodeBytes, openFrame } from "@orrery/wire";
import { expect, it } from "vitest";
import { defineAggregate } from "./define.ts";
import { handlersOf, newProgress, openShard } from "./shard.ts";
import { handlingTrace } from "./trace.ts";

const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

const echo = defineAggregate({ state: { root: TakenCommand }, emits: [HourChanged] }, ({ on, command }) => ({
  create: () => undefined,
  on: [on(HourChanged, (_, hour, ctx) => void ctx.emit(HourChanged, { atGs: hour.atGs }))],
  commands: [
    command(HourChanged, HourChanged, (_, hour, ctx) => {
      ctx.emit(HourChanged, { atGs: hour.atGs });
      return {};
    }),
  ],
}));

function emittedTraces(given: { event?: string; command?: string }): (string | undefined)[] {
  const facts = { service: "echo", world: "vale", part: "aggregate/0", fingerprint: "0123456789abcdef" };
  const shard = openShard(echo, handlersOf(echo), facts, newProgress(facts, "s", "0"), undefined);
  const base = { publisher: "p", key: "", source: "somebody", timeMs: 5 };
  const created = encodeBytes(WorldCreated, { worldId: "vale", seed: "s" });
  shard.takeEvent({ ...base, sequence: 1, type: WorldCreated.typeName, payload: created });
  const payload = encodeBytes(HourChanged, { atGs: 3_600 });
  shard.takeEvent({
    ...base,
    sequence: 2,
    type: HourChanged.typeName,
    payload,
    ...(given.event !== undefined && { traceparent: given.event }),
  });
  shard.takeCommand({
    method: HourChanged.typeName,
    request: payload,
    caller: "admin:a",
    idempotencyKey: "",
    stampedMs: 6,
    traceparent: given.command ?? "",
  });
  return (shard.collect()?.frames ?? []).flatMap((bytes) =>
    [...openFrame(bytes).events()].map(({ traceparent }) => traceparent),
  );
}

it("hands a trace on: from an event by way of its handling, from a command as it stands", () => {
  const handling = handlingTrace(TRACE, { service: "echo", part: "aggregate/0" }, "p", 2);
  expect(handling).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
  expect(handling).not.toBe(TRACE);
  expect(emittedTraces({ event: TRACE, command: TRACE })).toEqual([handling, TRACE]);
  expect(emittedTraces({ event: TRACE, command: TRACE })).toEqual([handling, TRACE]);
});

it("tells the handlings of one event by several aggregates or shards of a service apart", () => {
  const parts = ["aggregate/0", "aggregate/1", "realm/0"];
  const spans = parts.map((part) => handlingTrace(TRACE, { service: "echo", part }, "p", 2));
  expect(new Set(spans).size).toBe(parts.length);
});

it("begins none by itself, and takes up none that is malformed", () => {
  expect(emittedTraces({})).toEqual([undefined, undefined]);
  expect(emittedTraces({ event: "00-zz" })).toEqual([undefined, undefined]);
});
