import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageAsked, pageOf } from "./paging.ts";

const ask = (pageSize: number, pageToken: string, query: unknown = "q") =>
  pageAsked({ pageSize, pageToken }, query, ["number"]);
const forged = (said: unknown) => Buffer.from(JSON.stringify(said)).toString("base64url");

describe("pages", () => {
  it("together have each item once, in order, and end, whatever their sizes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.array(fc.integer({ min: 1, max: 500 })), (items, sizes) => {
        const found: number[] = [];
        let token = "";
        for (let round = 0; round <= items.length; round++) {
          const page = pageOf(items, ask(sizes[round % Math.max(1, sizes.length)] ?? 0, token));
          found.push(...page.items);
          token = page.nextPageToken;
          if (token === "") break;
        }
        expect(token).toBe("");
        expect(found).toEqual(items);
      }),
    );
  });

  it("are of 100 where nobody asks, and refused beyond 500", () => {
    expect(ask(0, "").size).toBe(100);
    expect(ask(500, "").size).toBe(500);
    expect(() => ask(501, "")).toThrow(/RPC_FIELD_INVALID.*501.*500/);
    expect(pageAsked({ pageSize: 900, pageToken: "" }, 1, [], { standard: 10, most: 1_000 }).size).toBe(900);
  });

  it("take the place that they were given, numbers and texts", () => {
    const query = ["timers", "vale", undefined];
    const first = pageAsked({ pageSize: 2, pageToken: "" }, query, ["number", "text"]);
    expect(first.place).toBeUndefined();
    const token = first.next([7, "constructor"]);
    expect(pageAsked({ pageSize: 9, pageToken: token }, query, ["number", "text"]).place).toEqual([
      7,
      "constructor",
    ]);
  });

  it("refuse a token of another query, and what is none", () => {
    const token = ask(1, "").next([1]);
    const [made] = JSON.parse(Buffer.from(token, "base64url").toString()) as [string];
    const others = ["x", "__proto__", "bnVsbA", forged(null), forged({ 0: made, 1: 1 }), forged([made])];
    const wrong = [forged([made, "1"]), forged([made, null]), forged([made, 1, 2]), forged(["other", 1])];
    expect(ask(1, token).place).toEqual([1]);
    expect(() => ask(1, token, "another")).toThrow(/RPC_PAGE_TOKEN/);
    for (const bad of [...others, ...wrong]) expect(() => ask(1, bad)).toThrow(/RPC_PAGE_TOKEN/);
  });
});
