import { describe, expect, test } from "vitest";
import { checkFilterPolicy, filterPolicy } from "./filter-policy.ts";
import {
  checkAttributes,
  checkBatch,
  checkBody,
  checkDelay,
  checkQueueName,
  checkTopicName,
  checkVisibility,
  checkWait,
  chunksOf,
  LIMITS,
} from "./limits.ts";

describe("what AWS refuses and an emulator lets through is refused here, with AWS's figure", () => {
  test.each([
    ["a wait of 21 s", () => checkWait(21), "0..20"],
    ["a visibility of more than 12 h", () => checkVisibility(43_201), "0..43200"],
    ["a delay of more than 15 min", () => checkDelay(901), "0..900"],
    ["a queue name of 81 characters", () => checkQueueName("q".repeat(81)), "1..80"],
    ["a queue name with a dot", () => checkQueueName("a.b"), "1..80"],
    ["a topic name of 257 characters", () => checkTopicName("t".repeat(257)), "1..256"],
    ["an eleventh attribute", () => checkAttributes(11), "more than 10"],
    ["an empty body", () => checkBody(""), "XML 1.0"],
    ["a body with a NUL", () => checkBody("a\u0000b"), "XML 1.0"],
    ["a lone surrogate", () => checkBody("\ud800"), "XML 1.0"],
    ["11 entries", () => checkBatch(Array(11).fill({ bytes: 1 }), 100), "1..10"],
    ["no entry", () => checkBatch([], 100), "1..10"],
    [
      "a PublishBatch of 262,145 bytes",
      () => checkBatch([{ bytes: 262_144 }, { bytes: 1 }], LIMITS.snsBytes),
      "262144",
    ],
    [
      "a SendMessageBatch of over 1 MiB",
      () => checkBatch([{ bytes: 1_048_577 }], LIMITS.sqsBytes),
      "1048576",
    ],
    ["a filter that is no JSON", () => checkFilterPolicy("{types"), "no JSON"],
    ["a filter whose value is no list", () => checkFilterPolicy('{"types":"a"}'), "list"],
    ["an operator that AWS does not know", () => checkFilterPolicy('{"types":[{"begins":"a"}]}'), "begins"],
    [
      "six keys",
      () => checkFilterPolicy(JSON.stringify(Object.fromEntries([..."abcdef"].map((k) => [k, [1]])))),
      "takes 5",
    ],
    ["151 values", () => checkFilterPolicy(JSON.stringify({ types: Array(151).fill("a") })), "takes 150"],
  ])("%s", (_, check, figure) => {
    expect(check).toThrow(figure);
    expect(check).toThrow("AWS_LIMIT");
  });

  test("the largest that AWS takes passes", () => {
    checkWait(20);
    checkVisibility(43_200);
    checkDelay(900);
    checkQueueName(`${"q".repeat(75)}.fifo`);
    checkAttributes(10);
    checkBody("\t\n\r ~\ud7ff\ue000\u{10ffff}");
    checkBatch([{ bytes: LIMITS.snsBytes }], LIMITS.snsBytes);
  });
});

test.each([
  [0, 1],
  [1, 1],
  [65_536, 1],
  [65_537, 2],
  [262_144, 4],
])("%i bytes are billed as %i requests", (bytes, chunks) => expect(chunksOf(bytes)).toBe(chunks));

describe("filter policies", () => {
  const spec = (types: readonly string[], worlds?: readonly string[]) =>
    ({ id: "a/b", types, order: "none", from: "latest", ...(worlds && { worlds }) }) as const;
  const policy = (...given: Parameters<typeof spec>) =>
    JSON.parse(filterPolicy(spec(...given)) ?? "null") as unknown;

  test("everything needs none", () => expect(policy(["*"])).toBe(null));
  test("types as they are, globs by prefix, worlds beside them", () =>
    expect(policy(["time.v1.Hour", "weather.*"], ["", "w"])).toEqual({
      types: ["time.v1.Hour", { prefix: "weather." }],
      world: ["-", "w"],
    }));
  test("too many types for AWS are asked for by their domains", () =>
    expect(policy(Array.from({ length: 200 }, (_, i) => `${i % 2 ? "time" : "weather"}.v1.T${i}`))).toEqual({
      types: [{ prefix: "weather." }, { prefix: "time." }],
    }));
});
