import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bus } from "@orrery/bus";
import type { CollectionRefusalInit } from "@orrery/schema/state/v1";
import { createLogger, type Directory, systemClock } from "@orrery/service";
import { PackPart, PackRevised, WorldCreated } from "@orrery/schema/world/v1";
import { peekFrame } from "@orrery/wire";
import { afterAll, expect, it } from "vitest";
import { createOperator } from "./operator.ts";
import { openWorldBook } from "./world-book.ts";

const data = mkdtempSync(join(tmpdir(), "orrery-operator-"));
afterAll(() => rmSync(data, { recursive: true }));

it("an edit that does not fit what the world holds is named with file and line, and not told", async () => {
  const book = openWorldBook(data);
  const said: string[] = [];
  let refusals: CollectionRefusalInit[] = [];
  const log = createLogger("silent");
  log.warn = (text: unknown) => void said.push(String(text));
  const frames: Uint8Array[] = [];
  const types = () => frames.flatMap((frame) => [...peekFrame(frame).types]);
  const bus = { send: async (frame: Uint8Array) => void frames.push(frame) } as unknown as Bus;
  const directory = {
    client: () => ({ checkCollections: async () => ({ refusals }) }),
  } as unknown as Directory;
  const operator = createOperator(bus, book, systemClock, log, directory);
  const world = { id: "vale", pack: "hollowmere", seed: "s", rate: 60 };
  const made = await operator.ensure(world);
  expect(types().at(-1)).toBe(WorldCreated.typeName);
  expect(new Set(types().slice(0, -1))).toEqual(new Set([PackPart.typeName]));
  const saidFirst = frames.length;

  book.put({ ...made, packDigest: "of an earlier edit", nextSequence: 2 });
  refusals = [
    {
      collection: "map-pins",
      field: "max_bytes",
      code: "STATE_COLLECTION_HELD",
      message: "no room",
      todo: "Wait",
    },
  ];
  expect(await operator.ensure(world)).toMatchObject({ packRevision: 0 });
  expect([frames.length, said.length]).toEqual([saidFirst, 1]);
  expect(said[0]).toMatch(
    /PACK_REFUSED[\s\S]*collections\.yaml:\d+:\d+ STATE_COLLECTION_HELD: no room\. Wait\./,
  );

  refusals = [];
  expect(await operator.ensure(world)).toMatchObject({ packRevision: 1 });
  // Its sections were told before.
  expect(types().slice(saidFirst)).toEqual([PackRevised.typeName]);
});

it("an edit that is taken up is told to whoever runs the world", async () => {
  const book = openWorldBook(data);
  const told: string[] = [];
  const bus = { send: async () => {} } as unknown as Bus;
  const directory = {
    client: () => ({ checkCollections: async () => ({ refusals: [] }) }),
  } as unknown as Directory;
  const log = createLogger("silent");
  const operator = createOperator(bus, book, systemClock, log, directory, (words) => told.push(words));
  const world = { id: "fen", pack: "hollowmere", seed: "s", rate: 60 };
  book.put({ ...(await operator.ensure(world)), packDigest: "of an earlier edit" });
  expect(told).toEqual([]);
  await operator.ensure(world);
  expect(told).toEqual(["fen: the pack's edit is taken up, revision 1."]);
});
