import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bucketOf } from "./bucket.ts";
import { murmur3 } from "./murmur3.ts";

/** Made by Python's mmh3 5: unsigned, seed 0, over UTF-8. */
const vectors = JSON.parse(readFileSync(join(import.meta.dirname, "golden/murmur3.json"), "utf8")) as {
  readonly text: string;
  readonly hash: number;
}[];

it("hashes as mmh3 does, whatever the length and the script", () => {
  expect(vectors.length).toBeGreaterThan(50);
  for (const { text, hash } of vectors) expect([text, murmur3(Buffer.from(text))]).toEqual([text, hash]);
});

it("has the published vectors of MurmurHash3_x86_32, seeds among them", () => {
  expect(murmur3(new Uint8Array(), 1)).toBe(0x514e28b7);
  expect(murmur3(new Uint8Array(), 0xffffffff)).toBe(0x81f16f39);
  expect(murmur3(Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toBe(0x76293b50);
  expect(murmur3(Uint8Array.of(0x21, 0x43, 0x65, 0x87))).toBe(0xf55b516b);
  expect(murmur3(Uint8Array.of(0x21, 0x43, 0x65))).toBe(0x7e4a8634);
  expect(murmur3(Uint8Array.of(0x21, 0x43))).toBe(0xa0f7b07a);
  expect(murmur3(Uint8Array.of(0x21))).toBe(0x72661cf4);
});

it("puts somebody into the bucket of salt, flag and key", () => {
  const { hash } = vectors.find(({ text }) => text === "1/lamp/player:ada") as { hash: number };
  expect(bucketOf("1", "lamp", "player:ada")).toBe(hash % 100_000);
});
