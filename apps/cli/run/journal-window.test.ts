import { create } from "@bufbuild/protobuf";
import {
  IntakeCommitted,
  type JournalEvent,
  JournalEventSchema,
  StateCheckpoint,
} from "@orrery/schema/bus/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { encodeBytes } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import type { Edge } from "../edge.ts";
import { openWindow } from "./journal-window.ts";

const SHARD = "tides/vale";

const hour = (sequence: number) =>
  create(JournalEventSchema, { id: { publisher: "clock", sequence }, type: HourChanged.typeName });
const record = (intakeSeq: number) =>
  create(JournalEventSchema, {
    type: IntakeCommitted.typeName,
    key: SHARD,
    payload: encodeBytes(IntakeCommitted, { shard: SHARD, intakeSeq }),
  });
const checkpoint = (intakeSeq: number) =>
  create(JournalEventSchema, {
    type: StateCheckpoint.typeName,
    key: SHARD,
    payload: encodeBytes(StateCheckpoint, { shard: SHARD, intakeSeq }),
  });

/** A journal that answers from a list, and counts how it was asked. */
function edgeOf(events: readonly JournalEvent[]) {
  const asked = { pages: 0, single: 0 };
  const client = {
    async query({ filter, pageSize, pageToken }: any) {
      asked.pages += 1;
      const fitting = events.filter(({ type }) => filter.types.includes(type));
      const at = Number(pageToken || 0);
      const next = at + pageSize;
      return { events: fitting.slice(at, next), nextPageToken: next < fitting.length ? String(next) : "" };
    },
    async get({ which: { value } }: any) {
      asked.single += 1;
      const event = events.find(
        ({ id }) => id?.publisher === value.publisher && id?.sequence === value.sequence,
      );
      return { event };
    },
  };
  return { edge: { world: "vale", client: () => client } as unknown as Edge, asked };
}

const hours = (count: number) => Array.from({ length: count }, (_, at) => hour(at + 1));
const asked = { shard: SHARD, types: [HourChanged.typeName], page: 10 };

async function seqs(events: readonly JournalEvent[]): Promise<string[]> {
  const found: string[] = [];
  for await (const { record, checkpoint } of openWindow(edgeOf(events).edge, asked).records())
    found.push(record === undefined ? `state ${checkpoint.intakeSeq}` : `${record.intakeSeq}`);
  return found;
}

describe("a window on a journal", () => {
  it("finds every event as it passes, without asking for any by itself, and holds no more than it may", async () => {
    const { edge, asked: how } = edgeOf(hours(1_000));
    const window = openWindow(edge, { ...asked, held: 30 });
    for (let sequence = 1; sequence <= 1_000; sequence++)
      expect((await window.event({ publisher: "clock", sequence }))?.id?.sequence).toBe(sequence);
    expect(how).toEqual({ pages: 100, single: 0 });
  });

  it("asks for what lies behind it, or far ahead, by itself", async () => {
    const { edge } = edgeOf(hours(1_000));
    const window = openWindow(edge, { ...asked, held: 30 });
    for (const sequence of [500, 3, 1_000, 60, 61])
      expect((await window.event({ publisher: "clock", sequence }))?.id?.sequence).toBe(sequence);
    expect(window.single).toBeGreaterThan(0);
    expect(await window.event({ publisher: "clock", sequence: 1_001 })).toBeUndefined();
  });

  it("gives records in the order of their numbers, however they arrived", async () => {
    const arrived = [record(1), record(2), record(4), record(3), record(5)];
    expect(await seqs(arrived)).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("gives a checkpoint where it was told, but never ahead of its record", async () => {
    const told = [record(1), record(2), checkpoint(1), record(3), checkpoint(4), record(4), record(5)];
    expect(await seqs(told)).toEqual(["1", "2", "state 1", "3", "4", "state 4", "5"]);
  });

  it("waits some pages for one that is late, and passes over one that never comes", async () => {
    const late = [record(1), ...Array.from({ length: 50 }, (_, at) => record(at + 3)), record(2)];
    expect((await seqs(late)).slice(0, 4)).toEqual(["1", "2", "3", "4"]);
    const missing = [record(1), ...Array.from({ length: 500 }, (_, at) => record(at + 3))];
    expect(await seqs(missing)).toEqual(["1", ...Array.from({ length: 500 }, (_, at) => `${at + 3}`)]);
  });

  it("is empty where there is nothing", async () => {
    expect(await seqs([])).toEqual([]);
  });
});
