import { describe, expect, it } from "vitest";
import { lifeOf, reauthAfter } from "./token-life.ts";

const jwt = (claims: unknown) =>
  `h.${btoa(JSON.stringify(claims)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}.s`;

describe("a token's life", () => {
  it("is what lies between its own moments, whatever this machine's clock says", () => {
    expect(lifeOf(jwt({ iat: 100, exp: 1_000 }))).toBe(900_000);
    expect(lifeOf(jwt({ nbf: 100.5, exp: 1_000 }))).toBe(899_500);
  });

  it.each([
    "",
    "opaque",
    "a.b.c",
    jwt({}),
    jwt({ exp: 5 }),
    jwt({ iat: 9, exp: 9 }),
    jwt(null),
    jwt({ iat: "1", exp: 2 }),
  ])("is not known of %s", (token) => {
    expect(lifeOf(token)).toBeUndefined();
  });

  it("is followed a minute before its end, half-way through a short one, and never past what a timer holds", () => {
    expect([900_000, 60_000, 10_000, 1e12].map(reauthAfter)).toEqual([840_000, 30_000, 5_000, 2_000_000_000]);
  });
});
