import fc from "fast-check";
import { expect, test } from "vitest";
import { checkQueueName, checkTopicName } from "./limits.ts";
import { createNames } from "./names.ts";

const names = createNames("gaming-system", new Set(["realtime"] as const));
const id = fc.stringMatching(/^[a-z0-9-]{1,40}(\/[A-Za-z0-9._-]{1,90}){1,2}$/);

test("names read as in the design", () => {
  expect(names.queue("weather-manager/aggregate-0", "key")).toBe(
    "gaming-system-weather-manager_aggregate-0-events.fifo",
  );
  expect(names.deadLetters(names.queue("event-bus/journal", "none"))).toBe(
    "gaming-system-event-bus_journal-events-dlq",
  );
  expect(names.topic({ service: "weather-manager", lane: "realtime" })).toBe(
    "gaming-system-weather-manager-events.fifo",
  );
  expect(names.topic({ service: "weather-manager", lane: "bulk" })).toBe(
    "gaming-system-weather-manager-events",
  );
});

test("whatever a subscription is called, AWS takes its queue's name and its dead letters'", () => {
  fc.assert(
    fc.property(id, fc.constantFrom("key" as const, "none" as const), (text, order) => {
      const queue = names.queue(text, order);
      checkQueueName(queue);
      checkQueueName(names.deadLetters(queue));
      expect(names.isQueue(queue)).toBe(true);
      expect(names.isQueue(names.deadLetters(queue))).toBe(false);
    }),
    { seed: 1 },
  );
});

test("two subscriptions never share a queue", () => {
  fc.assert(
    fc.property(id, id, (a, b) => {
      fc.pre(a !== b);
      expect(names.queue(a, "none")).not.toBe(names.queue(b, "none"));
    }),
    { seed: 1 },
  );
  expect(names.queue("a-b/c", "none")).not.toBe(names.queue("a/b-c", "none"));
  expect(names.queue("a/b.c", "none")).not.toBe(names.queue("a/b-c", "none"));
});

test("whoever speaks, AWS takes the topic's name and the group", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (service) => {
      checkTopicName(names.topic({ service, lane: "bulk" }));
      const head = { publisher: service, firstSequence: 1, count: 2 } as Parameters<typeof names.group>[0];
      for (const label of [names.group(head), names.frameId(head)])
        expect(label).toMatch(/^[\x21-\x7e]{1,128}$/);
    }),
    { seed: 1 },
  );
});
