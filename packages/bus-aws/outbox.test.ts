import type { PublishBatchCommand } from "@aws-sdk/client-sns";
import { systemClock } from "@orrery/bus";
import { describe, expect, test } from "vitest";
import type { Call, Calls, Clients } from "./calls.ts";
import { createCounted } from "./counted.ts";
import { LIMITS } from "./limits.ts";
import { createOutbox } from "./outbox.ts";

interface Sent {
  readonly bodies: readonly string[];
  readonly bytes: number;
}
interface Fails {
  readonly code: string;
  readonly senderFault: boolean;
}
/** What the broker says to an entry: taken, failed, or not mentioned at all. */
type Verdict = "taken" | "unmentioned" | Fails;

/** A topic that answers by `verdict`. */
function topic(verdict: (body: string, batch: number) => Verdict, outageMs = 2_000) {
  const counted = createCounted();
  const batches: Sent[] = [];
  const taken: string[] = [];
  const sns = {
    send(command: PublishBatchCommand) {
      const entries = command.input.PublishBatchRequestEntries ?? [];
      const at = batches.length - 1;
      const Successful: { Id: string }[] = [];
      const Failed: { Id: string; Code: string; Message: string; SenderFault: boolean }[] = [];
      for (const { Id = "", Message = "" } of entries) {
        const said = verdict(Message, at);
        if (said === "taken") {
          Successful.push({ Id });
          taken.push(Message);
        } else if (said !== "unmentioned") {
          Failed.push({ Id, Code: said.code, Message: said.code, SenderFault: said.senderFault });
        }
      }
      return Promise.resolve({ Successful, Failed });
    },
  };
  const once = async <T>(call: Call<T>): Promise<T> => {
    batches.push({ bodies: [], bytes: call.bytes ?? 0 });
    return call.send({ sns } as unknown as Clients, new AbortController().signal);
  };
  const calls: Calls = { counted, once, retried: once, close: () => {} };
  const destination = {
    service: "sns",
    entries: 10,
    address: () => Promise.resolve("arn:topic"),
    missing: () => {},
  } as const;
  const outbox = createOutbox(calls, systemClock, destination, outageMs, new AbortController().signal);
  const post = (body: string, bytes = 10, group?: string) =>
    outbox.post({
      parcel: { body, attributes: {}, bytes, mostBytes: bytes },
      ...(group === undefined ? {} : { group, dedupId: body }),
    });
  return { post, taken, batches, counted };
}

const names = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    (error) => error.code as string,
  );

describe("an answer of 200 is read entry by entry", () => {
  test.each([1, 5, 9])("%i of 10 that AWS failed are sent again, the others are not", async (failing) => {
    const { post, taken, counted } = topic((body, batch) =>
      batch === 0 && Number(body.slice(1)) < failing
        ? { code: "InternalError", senderFault: false }
        : "taken",
    );
    await Promise.all(names(10).map((name) => post(name)));
    expect(taken.toSorted()).toEqual(names(10));
    expect(counted.byApi.get("sns:PublishBatch")?.failed).toBe(failing);
  });

  test("what the sender did wrong is refused with a code, its neighbours are kept", async () => {
    const { post, taken } = topic((body) =>
      body === "m3" ? { code: "InvalidParameter", senderFault: true } : "taken",
    );
    const outcomes = await Promise.all(names(5).map((name) => failure(post(name))));
    expect(outcomes).toEqual(["none", "none", "none", "AWS_REJECTED", "none"]);
    expect(taken).toEqual(["m0", "m1", "m2", "m4"]);
  });

  test("an entry in neither list is not taken for kept", async () => {
    const { post, taken } = topic((body, batch) => (batch === 0 && body === "m1" ? "unmentioned" : "taken"));
    await Promise.all(names(3).map((name) => post(name)));
    expect(taken).toEqual(["m0", "m2", "m1"]);
  });

  test("what never comes through is unknown after the outage that is allowed", async () => {
    const { post } = topic(() => ({ code: "Throttled", senderFault: false }), 200);
    expect(await failure(post("m0"))).toBe("BUS_OUTCOME_UNKNOWN");
  });
});

describe("order within a group", () => {
  test("nothing overtakes an entry that failed", async () => {
    let failures = 4;
    const { post, taken } = topic((body) =>
      body === "m2" && failures-- > 0 ? { code: "InternalError", senderFault: false } : "taken",
    );
    const others = ["x0", "x1"].map((name) => post(name, 10, "other"));
    await Promise.all([...names(6).map((name) => post(name, 10, "group")), ...others]);
    expect(taken.filter((name) => name.startsWith("m"))).toEqual(names(6));
    expect(taken.indexOf("x1")).toBeLessThan(taken.indexOf("m2"));
  });

  test("what waits behind an entry that is refused is refused too", async () => {
    const { post, taken } = topic((body) =>
      body === "m1" ? { code: "InvalidParameter", senderFault: true } : "taken",
    );
    const outcomes = await Promise.all(names(4).map((name) => failure(post(name, 10, "group"))));
    expect(outcomes).toEqual(["none", "AWS_REJECTED", "AWS_REJECTED", "AWS_REJECTED"]);
    expect(taken).toEqual(["m0"]);
  });
});

test("batches are at most ten entries and 262,144 bytes together", async () => {
  const { post, batches } = topic(() => "taken");
  await Promise.all(names(25).map((name, i) => post(name, i < 12 ? 10 : 100_000)));
  for (const { bytes } of batches) expect(bytes).toBeLessThanOrEqual(LIMITS.snsBytes);
  expect(batches.length).toBeGreaterThanOrEqual(2 + 6);
  expect(await failure(post("large", LIMITS.snsBytes + 1))).toBe("BUS_FRAME_TOO_LARGE");
});
