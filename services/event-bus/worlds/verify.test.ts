import { mkdtempSync, openSync, readdirSync, rmSync, writeSync, closeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createMemoryTransport } from "@orrery/bus";
import { JournalService, WorldService } from "@orrery/schema/bus/v1";
import { createLogger, type Host, startHost } from "@orrery/service";
import { createFrameWriter } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import eventBus from "../service.ts";
import { journal } from "../journal/part.ts";

const FRAMES = 3;
const EVENTS = 4;
/** From the end of a frame: four bytes of checksum come behind it. */
const LAST_OF_PAYLOAD = 5;
let host: Host;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "orrery-verify-"));
  host = await startHost({
    services: [eventBus],
    transport: createMemoryTransport(),
    outsideTypes: ["*"],
    storeUrl: () => join(folder, "store.db"),
    dataFolder: folder,
    env: {},
    log: createLogger("silent"),
  });
  const first = { publisher: "p", sequence: 1 };
  for (let frame = 0; frame < FRAMES; frame++) {
    const writer = createFrameWriter({
      source: "test",
      world: "w",
      publisher: "p",
      lane: "standard",
      fingerprint: "0000000000000000",
      firstSequence: frame * EVENTS + 1,
    });
    for (let i = 0; i < EVENTS; i++)
      writer.appendRaw("test.v1.Said", new Uint8Array([frame, i]), { key: `k${i}`, timeMs: 1, cause: first });
    await host.surroundings.bus.send(writer.finish());
  }
  const { keeper } = host.running()[0]?.kit.part(journal) ?? {};
  await vi.waitUntil(() => keeper?.newest("w") === FRAMES * EVENTS, { timeout: 5_000 });
});
afterEach(async () => {
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function verified(span: { from?: number; to?: number } = {}, worldId = "w") {
  const client = host.directory.client(WorldService, { role: "admin", id: "ada", scopes: [] });
  const problems: { first: number; problem: string }[] = [];
  let last: { frames: number; events: number; damages: number; sha256: string } | undefined;
  for await (const told of client.verify({ worldId, ...span })) {
    problems.push(...told.damaged.map(({ first, problem }) => ({ first, problem })));
    last = told;
  }
  return { frames: last?.frames, events: last?.events, sha256: last?.sha256, problems };
}

function inDatabase(sql: string): void {
  const db = new DatabaseSync(join(folder, "store.db"));
  db.exec(sql);
  db.close();
}

describe("verifying a world", () => {
  it("finds nothing in an untouched journal, and gives the same digest again", async () => {
    const whole = await verified();
    expect(whole).toMatchObject({ frames: FRAMES, events: FRAMES * EVENTS, problems: [] });
    expect(whole.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await verified()).toEqual(whole);
    const part = await verified({ from: EVENTS + 1, to: 2 * EVENTS });
    expect(part).toMatchObject({ frames: 1, events: EVENTS, problems: [] });
    expect(part.sha256).not.toBe(whole.sha256);
    expect(await verified({}, "nowhere")).toMatchObject({ frames: 0, problems: [] });
  });

  it("names the one frame of which a byte was changed", async () => {
    const before = await verified();
    const files = join(folder, "event-bus", "journal");
    const file = openSync(join(files, readdirSync(files)[0] as string), "r+");
    const db = new DatabaseSync(join(folder, "store.db"));
    const row = db.prepare("SELECT place, bytes FROM frame WHERE first = ?").get(EVENTS + 1);
    db.close();
    const end = Number(row?.["place"]) + Number(row?.["bytes"]);
    writeSync(file, new Uint8Array([0x7f]), 0, 1, end - LAST_OF_PAYLOAD);
    closeSync(file);
    const { problems, sha256 } = await verified();
    expect(problems).toMatchObject([{ first: EVENTS + 1, problem: expect.stringMatching(/checksum/) }]);
    expect(sha256).not.toBe(before.sha256);
    const reader = host.directory.client(JournalService, { role: "admin", id: "ada", scopes: [] });
    await expect(reader.query({ worldId: "w" })).rejects.toThrow(/BUS_JOURNAL_DAMAGED.*events 5 to 8 of w/);
    for await (const { events } of reader.tail({ worldId: "w", after: 2 * EVENTS })) {
      expect(events.map(({ ordinal }) => ordinal)).toEqual([9, 10, 11, 12]);
      break;
    }
  });

  it("names what the index says otherwise, and what no longer leads to a frame", async () => {
    inDatabase(`UPDATE frame SET last_seq = last_seq + 1 WHERE first = 1`);
    inDatabase(`DELETE FROM mention WHERE kind = 2 AND frame = ${2 * EVENTS}
      AND name = (SELECT id FROM name WHERE text = 'k0')`);
    inDatabase(`DELETE FROM cause WHERE frame = ${3 * EVENTS}`);
    const { problems } = await verified();
    expect(problems.map(({ first }) => first)).toEqual([1, EVENTS + 1, 2 * EVENTS + 1]);
    expect(problems[0]?.problem).toMatch(/last sequence 5, the frame 4/);
    expect(problems[1]?.problem).toMatch(/by 3 of 4 keys/);
    expect(problems[2]?.problem).toMatch(/by 0 of 1 causes/);
  });

  it("takes a fork's past for its own", async () => {
    const { frames = 0, sha256 } = await verified({ to: 2 * EVENTS });
    const forks = host.running()[0]?.kit.part(journal).forks;
    await forks?.add({
      world: "f",
      parent: "w",
      position: 2 * EVENTS,
      at_gs: 0,
      made_ms: 1,
      key: "fork-key",
      said: new Uint8Array(),
    });
    expect(await verified({}, "f")).toEqual({ frames, events: 2 * EVENTS, sha256, problems: [] });
  });
});
