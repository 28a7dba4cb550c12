import { expect, test } from "vitest";
import { billOf } from "./cost.ts";
import { type Api, type ApiCount, createCounted } from "./counted.ts";
import { countersOf, countsIn, difference } from "./counters.ts";

const DAY_S = 86_400;
const none: ApiCount = { calls: 0, chunks: 0, bytes: 0, entries: 0, failed: 0, empty: 0, errors: 0 };
const counts = (given: Partial<Record<Api, Partial<ApiCount>>>) =>
  new Map(Object.entries(given).map(([api, count]) => [api as Api, { ...none, ...count }]));

test("a day of 64 KB frames at 80,000 events a second costs what the facts page works out", () => {
  const frames = 14.43e6;
  const { usdPerDay } = billOf(
    counts({
      "sns:PublishBatch": { chunks: frames },
      "sqs:ReceiveMessage": { chunks: frames * 3 },
      "sqs:DeleteMessageBatch": { chunks: (frames / 10) * 3 },
    }),
    DAY_S,
  );
  expect(usdPerDay).toBeCloseTo(26.26, 1);
});

test("one message for each event costs 195 times that", () => {
  const events = 6_912e6;
  const { usdPerDay } = billOf(
    counts({
      "sns:Publish": { chunks: events },
      "sqs:ReceiveMessage": { chunks: events * 0.1 * 3 },
      "sqs:DeleteMessageBatch": { chunks: events * 0.1 * 3 },
    }),
    DAY_S,
  );
  // The facts page takes the first tier's price throughout; 124 billion a month reach the second.
  expect(usdPerDay).toBeGreaterThan(4_700);
  expect(usdPerDay).toBeLessThanOrEqual(5_114.88);
});

test("a shorter time is scaled to a day; FIFO has its own prices", () => {
  const given = counts({
    "sns:PublishBatch.fifo": { chunks: 1e6, bytes: 1e9 },
    "sqs:ReceiveMessage.fifo": { chunks: 1e6, entries: 1e6, bytes: 1e9 },
  });
  const hour = billOf(given, 3_600);
  expect(hour.usdPerDay).toBeCloseTo(24 * (0.3 + 0.017 + 0.5 + 0.01 + 0.001), 3);
});

test("what stands in /metrics is read back as it was counted, processes added up", () => {
  const counted = createCounted();
  counted.sent("sns:PublishBatch", 70_000, 3);
  counted.sent("sqs:ReceiveMessage.fifo", 0, 0);
  counted.received("sqs:ReceiveMessage.fifo", 140_000, 7);
  counted.sent("sqs:ReceiveMessage.fifo", 0, 0);
  counted.received("sqs:ReceiveMessage.fifo", 0, 0);
  counted.failed("sns:PublishBatch", 2);
  counted.error("sns:PublishBatch");
  const page = countersOf(counted)
    .map(({ name, labels, value }) => `${name}{api="${labels["api"]}"} ${value}`)
    .join("\n");
  expect(countsIn(page)).toEqual(counted.byApi);
  expect(counted.byApi.get("sqs:ReceiveMessage.fifo")).toMatchObject({
    calls: 2,
    chunks: 4,
    entries: 7,
    empty: 1,
  });
  expect(countsIn(page, page).get("sns:PublishBatch")?.chunks).toBe(4);
});

test("between two looks only what came in between counts, also when a process began anew", () => {
  const before = counts({ "sns:Publish": { calls: 10 }, "sqs:ReceiveMessage": { calls: 50 } });
  const after = counts({ "sns:Publish": { calls: 15 }, "sqs:ReceiveMessage": { calls: 7 } });
  const between = difference(after, before);
  expect(between.get("sns:Publish")?.calls).toBe(5);
  expect(between.get("sqs:ReceiveMessage")?.calls).toBe(7);
});
