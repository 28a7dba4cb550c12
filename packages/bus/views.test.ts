import { type Codec, OrreryError } from "@orrery/wire";
import { afterEach, expect, test } from "vitest";
import { type Bus, createBus } from "./bus.ts";
import { createMemoryTransport } from "./memory/transport.ts";
import { FINGERPRINT, SAMPLED, type Sample, SOURCE, WORLD } from "./testing/sample.ts";
import { virtualClock } from "./virtual-clock.ts";

const open: Bus[] = [];
afterEach(async () => {
  for (const bus of open.splice(0)) await bus.close();
});

/** A codec whose view is an object that is pointed at other bytes, as generated ones are. */
const VIEWED: Codec<string, Sample, { text: string }> = {
  ...SAMPLED,
  view: (bytes, start, end) => ({ text: SAMPLED.decode(bytes, start, end) }),
  reset(view, bytes, start, end) {
    view.text = SAMPLED.decode(bytes, start, end);
    return view;
  },
};

test.each([1, 4, 16])(
  "a view that a handler holds across an await stays at its event, %i at once",
  async (concurrency) => {
    const clock = virtualClock({ auto: true });
    const bus = createBus({
      transport: createMemoryTransport({ clock, leaseSeconds: 5 }),
      clock,
      random: () => 0,
    });
    open.push(bus);
    const publisher = bus.publisher({ source: SOURCE, world: WORLD, fingerprint: FINGERPRINT, id: "p" });
    const told: string[] = [];
    let refusals = 0;
    await bus.subscribe({
      id: "reader/views",
      types: [VIEWED.typeName],
      order: "none",
      concurrency,
      async handle(event) {
        const view = event.view(VIEWED);
        const before = view.text;
        await clock.sleep(3);
        told.push(`${before} ${view.text} ${event.view(VIEWED).text}`);
        // Some are tried again, and some return at once, so that cursors are at all kinds of places.
        if (event.sequence % 7 === 0 && event.attempt === 1) {
          refusals += 1;
          throw new OrreryError({
            code: "TEST_AGAIN",
            status: "internal",
            summary: "once more",
            todo: "wait",
            retryable: true,
          });
        }
      },
    }).ready;
    const texts = Array.from({ length: 40 }, (_, at) => `t${at}`);
    for (const text of texts) publisher.publish(VIEWED, { key: text, text });
    await publisher.flush();
    for (let tries = 0; told.length < texts.length + refusals && tries < 5_000; tries++)
      await clock.sleep(10);
    expect(refusals).toBe(5);
    expect(new Set(told)).toEqual(new Set(texts.map((text) => `${text} ${text} ${text}`)));
  },
);
