// `buf breaking` is the oracle: what it finds in changed contracts, the comparison finds too.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownSet } from "./book.ts";
import { CHANGES, MORE } from "./changes.testing.ts";
import { compareSets, readSet } from "./compare.ts";

const ROOT = join(import.meta.dirname, "../../..");
const BUF = join(ROOT, "node_modules/.bin/buf");
const CONFIG = JSON.stringify({ version: "v2", breaking: { use: ["WIRE_JSON"] } });
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-contracts-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What buf says of a change, in words that name the message, enum or method. */
function bufBreaks(older: Uint8Array, newer: Uint8Array): string[] {
  const [was, is] = ["was.binpb", "is.binpb"].map((name) => join(folder, name)) as [string, string];
  writeFileSync(was, older);
  writeFileSync(is, newer);
  const args = ["breaking", is, "--against", was, "--config", CONFIG, "--error-format", "json"];
  const { status, stdout, stderr } = spawnSync(BUF, args, { encoding: "utf8" });
  if (status !== 0 && status !== 100) throw new Error(`buf ended with ${status}: ${stderr}${stdout}`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => (JSON.parse(line) as { message: string }).message);
}

function changed(change: (set: FileDescriptorSet) => void, set: Uint8Array): Uint8Array {
  const copy = fromBinary(FileDescriptorSetSchema, set);
  change(copy);
  return toBinary(FileDescriptorSetSchema, copy);
}

describe("contracts, beside buf", () => {
  // Both sides first get what the contracts have too little of: reserved numbers and names, aliases, streams.
  const base = changed(MORE, ownSet());

  it.each(CHANGES.map((change) => [change.what, change] as const))(
    "are never judged laxer: %s",
    (_what, { places, change, grows }) => {
      const bufs = bufBreaks(
        base,
        changed((set) => places.forEach((place) => change(set, place)), base),
      );
      if (grows) expect(bufs).toEqual([]);
      for (const place of places) {
        const newer = changed((set) => change(set, place), base);
        const ours = compareSets(readSet(base), readSet(newer));
        const name = place.split(/[./]/).at(-1) as string;
        const found = bufs.filter((message) => message.includes(`"${name}"`) || message.includes(`${name}.`));
        if (bufs.length > 0) expect(found, `${place}: ${bufs.join(" | ")}`).not.toEqual([]);
        expect(ours.length > 0, place).toBe(grows === undefined);
      }
    },
  );

  it("are the same when they were built by another program, with its own copy of protobuf's files", () => {
    const built = join(folder, "built.binpb");
    const { status, stderr } = spawnSync(BUF, ["build", "-o", built], { cwd: ROOT, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const fromBuf = new Uint8Array(readFileSync(built));
    expect(compareSets(readSet(ownSet()), readSet(fromBuf))).toEqual([]);
    expect(compareSets(readSet(fromBuf), readSet(ownSet()))).toEqual([]);
  });
});
