import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { WorldRecordSchema } from "@orrery/schema/world/v1";
import type { CollectionRefusalInit } from "@orrery/schema/state/v1";
import { createLogger, type Directory, systemClock } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { afterAll, beforeEach, expect, it } from "vitest";
import { createOperator } from "./operator.ts";
import { openWorldBook } from "./world-book.ts";

const data = mkdtempSync(join(tmpdir(), "orrery-operator-"));
afterAll(() => rmSync(data, { recursive: true }));

const refusal = (code: string) =>
  new OrreryError({ code, status: "unavailable", summary: "", todo: "", retryable: true });
const world = { id: "vale", pack: "hollowmere", seed: "s", rate: 60 };
let refusals: CollectionRefusalInit[];
let calls: string[];
let told: string[];
let warned: string[];
let record: Record<string, unknown> | undefined;
/** Keeps the records of worlds as its own calls say. */
const records = {
  checkCollections: async () => ({ refusals }),
  async getWorldRecord() {
    if (record === undefined) throw refusal("WORLD_NO_RECORD");
    return create(WorldRecordSchema, record);
  },
  async putPackPart() {
    calls.push("part");
    return {};
  },
  async createWorld(asked: { readonly packDigest: string; readonly sections: { digest: string }[] }) {
    calls.push("created");
    const sectionDigests = asked.sections.map(({ digest }) => digest);
    record = { packDigest: asked.packDigest, packRevision: 0, sectionDigests };
    return record;
  },
  async revisePack({ packDigest }: { readonly packDigest: string }) {
    calls.push("revised");
    record = { ...record, packDigest, packRevision: Number(record?.["packRevision"]) + 1 };
    return record;
  },
};

const openOperator = () => {
  const log = createLogger("silent");
  log.warn = (text: unknown) => void warned.push(String(text));
  const directory = { client: () => records } as unknown as Directory;
  return createOperator(openWorldBook(data), systemClock, log, directory, (words) => told.push(words));
};
beforeEach(() => {
  [refusals, calls, told, warned, record] = [[], [], [], [], undefined];
});

it("a world is made once, of a pack that was brought before", async () => {
  await openOperator().ensure(world);
  expect(calls.at(-1)).toBe("created");
  expect(new Set(calls.slice(0, -1))).toEqual(new Set(["part"]));
  calls = [];
  await openOperator().ensure(world);
  expect([calls, told]).toEqual([[], []]);
});

it("an edit that does not fit what the world holds is named with file and line, and not told", async () => {
  const operator = openOperator();
  await operator.ensure(world);
  record = { ...record, packDigest: "of an earlier edit" };
  calls = [];
  refusals = [
    {
      collection: "map-pins",
      field: "max_bytes",
      code: "STATE_COLLECTION_HELD",
      message: "no room",
      todo: "Wait",
    },
  ];
  await operator.ensure(world);
  expect([calls, warned.length]).toEqual([[], 1]);
  expect(warned[0]).toMatch(
    /PACK_REFUSED[\s\S]*collections\.yaml:\d+:\d+ STATE_COLLECTION_HELD: no room\. Wait\./,
  );
  refusals = [];
  await operator.ensure(world);
  // Its sections were told before.
  expect(calls).toEqual(["revised"]);
  expect(told).toEqual(["vale: the pack's edit is taken up, revision 1."]);
});

it("a world goes on as it was where nobody has its record just now; a new one is not made", async () => {
  const away = refusal("SERVICE_STARTS_AGAIN");
  const there = records.getWorldRecord;
  await openOperator().ensure(world);
  records.getWorldRecord = () => Promise.reject(away);
  await openOperator().ensure(world);
  expect(warned).toHaveLength(1);
  await expect(openOperator().ensure({ ...world, id: "fen" })).rejects.toThrow(away);
  expect(openWorldBook(data).get("fen")).toBeUndefined();
  records.getWorldRecord = there;
});
