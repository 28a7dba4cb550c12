import { openFrame } from "@orrery/wire";
import { expect, test } from "vitest";
import { createBus } from "./bus.ts";
import { openShared } from "./shared-frames.ts";
import { createMemoryTransport } from "./memory/transport.ts";
import { FINGERPRINT, SAMPLED, SOURCE, WORLD } from "./testing/sample.ts";

/** A frame in the buffer in which a publisher finished it. */
async function published(): Promise<Uint8Array> {
  const transport = createMemoryTransport();
  const frames: Uint8Array[] = [];
  const bus = createBus({
    transport: {
      ...transport,
      publish(given) {
        frames.push(...given);
        return transport.publish(given);
      },
    },
  });
  const publisher = bus.publisher({ source: SOURCE, world: WORLD, fingerprint: FINGERPRINT });
  void publisher.publish(SAMPLED, { key: "a", text: "one" });
  await publisher.flush();
  await bus.close();
  return frames[0] as Uint8Array;
}

test("what a publisher of this process made is the same to every subscription", async () => {
  const frame = await published();
  expect(openShared(frame)).toBe(openShared(frame));
  expect(openShared(frame).count).toBe(openFrame(frame).count);
});

test("a copy of it is a frame from outside: every flipped bit is found", async () => {
  const frame = await published();
  expect(openShared(frame.slice()).count).toBe(1);
  for (let at = 0; at < frame.length; at++) {
    const damaged = frame.slice();
    damaged[at] = (damaged[at] as number) ^ 4;
    expect(() => openShared(damaged), `byte ${at}`).toThrow("WIRE_FRAME_");
  }
});
