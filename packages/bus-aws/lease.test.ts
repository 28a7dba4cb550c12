import type { Message } from "@aws-sdk/client-sqs";
import { busErrors, virtualClock } from "@orrery/bus";
import { isError } from "@orrery/wire";
import { expect, test } from "vitest";
import type { Inbox } from "./inbox.ts";
import { createLease } from "./lease.ts";

const HOUR_MS = 3_600_000;

function leased(leaseMs: number) {
  const clock = virtualClock();
  const hidden: number[] = [];
  const removed: string[] = [];
  const inbox: Inbox = {
    receive: () => Promise.resolve([]),
    remove: async (receipt) => void removed.push(receipt),
    hide: async (_, seconds) => void hidden.push(seconds),
    flush: () => Promise.resolve(),
  };
  const message: Message = {
    MessageId: "m",
    ReceiptHandle: "r",
    Body: "no frame",
    Attributes: { ApproximateReceiveCount: "3" },
    MessageAttributes: { return: { DataType: "String", StringValue: '{"attempt":2,"generation":1}' } },
  };
  const lease = createLease(message, {
    inbox,
    clock,
    leaseMs,
    visibilitySeconds: leaseMs / 1000 + 1,
    left: () => {},
    same: (frame) => frame,
    delayed: (one, seconds) => one.giveBack(seconds),
  });
  return { clock, hidden, removed, lease, delivery: lease.delivery() };
}

const isLost = (promise: Promise<unknown>) =>
  promise.then(
    () => false,
    (error) => isError(error, busErrors.BUS_LEASE_LOST),
  );

test("attempts count on from what the requeue said", () => {
  const { delivery } = leased(30_000);
  expect([delivery.attempt, delivery.generation]).toEqual([4, 1]);
});

test("it is renewed up to AWS's 12 hours from the receive, never asked beyond, then lost", async () => {
  const leaseMs = 2 * HOUR_MS;
  const { clock, hidden, delivery } = leased(leaseMs);
  const beganMs = clock.now();
  let renewals = 0;
  while (!(await isLost(delivery.renew()))) {
    renewals++;
    await clock.advance(HOUR_MS);
  }
  expect(renewals).toBeGreaterThan(10);
  expect(clock.now() - beganMs).toBeLessThanOrEqual(12 * HOUR_MS);
  expect(delivery.leaseExpiresMs).toBeLessThanOrEqual(beganMs + 12 * HOUR_MS);
  expect(Math.max(...hidden)).toBeLessThanOrEqual(43_200);
});

test("no heartbeat after its delete, no delete after its lease", async () => {
  const first = leased(30_000);
  await first.delivery.settle();
  first.lease.keep();
  expect(await isLost(first.delivery.renew())).toBe(true);
  expect([first.removed, first.hidden]).toEqual([["r"], []]);
  const second = leased(30_000);
  await second.clock.advance(30_000);
  expect(await isLost(second.delivery.settle() ?? Promise.resolve())).toBe(true);
  expect(second.removed).toEqual([]);
});
