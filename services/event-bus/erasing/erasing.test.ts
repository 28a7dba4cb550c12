import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createMemoryTransport } from "@orrery/bus";
import {
  ExportFormat,
  JournalService,
  PersonalService,
  SubjectErased,
  SubjectKeyService,
  WebhookService,
} from "@orrery/schema/bus/v1";
import { codecs, fingerprint } from "@orrery/schema/registry";
import {
  createLogger,
  defineService,
  ERASED,
  type Host,
  isErased,
  startHost,
  WITHHELD,
} from "@orrery/service";
import type { Codec, InitOf } from "@orrery/wire";
import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Whispered } from "../../../packages/wire/test-schema/gen/torture/v1/mod.ts";
import eventBus from "../service.ts";
import { startReceiver } from "../webhooks/endpoint.testing.ts";

const WORLD = "w";
const SECRET = "the well is poisoned";
const ADA = "player:ada";
/** Bytes of a key that would be worth finding. */
const PIECE = 8;
const registry = codecs as Map<string, Codec>;
beforeAll(() => void registry.set(Whispered.typeName, Whispered));
afterAll(() => void registry.delete(Whispered.typeName));

let host: Host;
let folder: string;
let heard: string[];

/** Hears what is whispered, as any service would. */
const listener = defineService({
  id: "listener",
  summary: "Hears what is whispered.",
  parts: [
    {
      name: "ears",
      publishes: [Whispered],
      subscribes: [Whispered.typeName],
      async start(kit) {
        const subscription = kit.bus.subscribe({
          id: "listener/ears",
          types: [Whispered.typeName],
          order: "key",
          from: "earliest",
          handle: (event) => void heard.push(event.decode(Whispered).text),
        });
        await subscription.ready;
        return { handle: undefined, stop: async () => void (await subscription.drain()) };
      },
    },
  ],
});

async function start(): Promise<void> {
  host = await startHost({
    services: [eventBus, listener],
    transport: createMemoryTransport(),
    outsideTypes: ["*"],
    storeUrl: (id) => join(folder, `${id}.db`),
    dataFolder: folder,
    env: { EVENT_BUS_WEBHOOK_PRIVATE: "on" },
    log: createLogger("silent"),
  });
}
beforeEach(async () => {
  heard = [];
  folder = mkdtempSync(join(tmpdir(), "erasing-"));
  await start();
});
afterEach(async () => {
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

const admin = { role: "admin", id: "ops", scopes: [] } as const;
const journal = () => host.directory.client(JournalService, admin);
const people = () => host.directory.client(PersonalService, admin);

async function whisper(...events: InitOf<typeof Whispered>[]): Promise<void> {
  const before = heard.length;
  const publisher = host.surroundings.bus.publisher({ source: "talker", world: WORLD, fingerprint });
  for (const event of events) await publisher.publish(Whispered, event);
  await publisher.close();
  await vi.waitUntil(() => heard.length === before + events.length, { timeout: 5_000 });
}
const events = async () => {
  const types = [Whispered.typeName];
  return (await journal().query({ worldId: WORLD, filter: { types } })).events;
};
const kept = (count: number) =>
  vi.waitUntil(async () => (await events()).length === count, { timeout: 5_000 });

function* filesIn(at: string): Generator<string> {
  for (const name of readdirSync(at)) {
    const path = join(at, name);
    if (statSync(path).isDirectory()) yield* filesIn(path);
    else yield path;
  }
}
const filesWith = (content: string | Uint8Array) =>
  [...filesIn(folder)].filter((file) => readFileSync(file).includes(Buffer.from(content)));

async function digest(): Promise<string> {
  const hash = createHash("sha256");
  const asked = { worldId: WORLD, format: ExportFormat.FRAMES, filter: { types: [Whispered.typeName] } };
  for await (const { piece } of journal().export(asked)) hash.update(piece);
  return hash.digest("hex");
}
async function lines(personal: boolean): Promise<Record<string, unknown>[]> {
  const asked = {
    worldId: WORLD,
    format: ExportFormat.CLOUD_EVENTS,
    filter: { types: [Whispered.typeName] },
    personal,
  };
  let text = "";
  for await (const { piece } of journal().export(asked)) text += Buffer.from(piece).toString();
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).data);
}

const ada = { regionId: "r", playerId: ADA, text: SECRET, voice: Buffer.from(SECRET), lines: [SECRET] };
const bo = { regionId: "r", playerId: "player:bo", text: "all is well" };

describe("what belongs to a person", () => {
  it("is heard, found and exported, and stands in no file", async () => {
    await whisper(ada, bo);
    await kept(2);
    expect(heard).toEqual([SECRET, "all is well"]);
    const [first] = await events();
    expect(first?.says).toBe(`${ADA} whispers: ${SECRET}`);
    expect(Whispered.decode(first?.payload ?? new Uint8Array())).toMatchObject({
      text: SECRET,
      lines: [SECRET],
    });
    expect(await lines(true)).toMatchObject([{ text: SECRET }, { text: "all is well" }]);
    expect(await lines(false)).toMatchObject([{ playerId: ADA, text: WITHHELD }, { text: WITHHELD }]);
    await host.stop();
    expect(filesWith(ADA)).not.toEqual([]);
    expect(filesWith(SECRET)).toEqual([]);
    await start();
  });

  it("reads ERASED everywhere once it is erased; events, digests and the others stay", async () => {
    await whisper(ada, bo, { ...bo, overheard: [{ playerId: ADA, text: SECRET }] });
    await kept(3);
    const before = await digest();
    expect(await people().eraseSubject({ subject: ADA, dryRun: true })).toMatchObject({
      events: 2,
      worlds: [{ worldId: WORLD, events: 2, erasedMs: 0 }],
    });
    expect((await events())[0]?.says).toContain(SECRET);

    const told = await people().eraseSubject({ subject: ADA, note: "asked by letter" });
    expect(told).toMatchObject({ events: 2, withinMs: 60_000 });
    const [first, second, third] = await events();
    const read = Whispered.decode(first?.payload ?? new Uint8Array());
    expect(read).toMatchObject({ playerId: ADA, text: ERASED, lines: [ERASED] });
    expect(isErased(read.voice)).toBe(true);
    expect([first?.says, first?.erased]).toEqual([`${ADA} whispers: ${ERASED}`, [ADA]]);
    expect([second?.says, second?.erased]).toEqual(["player:bo whispers: all is well", []]);
    expect(third?.erased).toEqual([ADA]);
    expect(await lines(true)).toMatchObject([{ text: ERASED }, { text: "all is well" }, {}]);
    expect(await lines(false)).toMatchObject([{ text: ERASED }, { text: WITHHELD }, {}]);
    expect(await digest()).toBe(before);
  });

  it("leaves no copy of the key: no 8 bytes of it are in any file", async () => {
    const others = Array.from({ length: 30 }, (_, n) => ({ ...bo, playerId: `player:${n}` }));
    await whisper(...others.slice(15), ada, ...others.slice(0, 15));
    await kept(31);
    const wrapped = () => {
      const db = new DatabaseSync(join(folder, "event-bus.db"), { readOnly: true });
      const row = db.prepare("select wrapped from subject_key where subject = ?").get(ADA);
      db.close();
      return row?.["wrapped"] as Uint8Array | null;
    };
    const key = wrapped();
    expect(filesWith(key as Uint8Array)).not.toEqual([]);
    await people().eraseSubject({ subject: ADA, note: "asked" });
    expect(wrapped()).toBeNull();
    for (let at = 0; at + PIECE <= (key as Uint8Array).length; at++)
      expect(filesWith((key as Uint8Array).subarray(at, at + PIECE)), `piece at ${at}`).toEqual([]);
  });

  it("goes to an endpoint outside only where that was asked for", async () => {
    const receiver = await startReceiver();
    const hooks = host.directory.client(WebhookService, admin);
    const types = [Whispered.typeName];
    const endpoint = { url: receiver.url, worldId: WORLD, ratePerS: 1_000, filter: { types } };
    try {
      await whisper(bo);
      await kept(1);
      for (const id of ["plain", "trusted"]) {
        await hooks.putEndpoint({ endpoint: { ...endpoint, id, personal: id === "trusted" } });
        await hooks.verifyEndpoint({ id });
      }
      await whisper(ada);
      const texts = () => receiver.received.map(({ body }) => JSON.parse(body).data.text).sort();
      await vi.waitUntil(() => receiver.received.length === 2, { timeout: 5_000 });
      expect(texts()).toEqual([WITHHELD, SECRET].sort());
      await people().eraseSubject({ subject: ADA, note: "asked" });
      const [{ id } = {}] = (await events()).filter(({ erased }) => erased.length > 0);
      await hooks.redeliver({ id: "trusted", events: [id ?? {}] });
      await vi.waitUntil(() => texts().includes(ERASED), { timeout: 5_000 });
    } finally {
      await receiver.close();
    }
  });

  it("is erased once: a repeat says the same, and the world hears of it", async () => {
    await whisper(ada);
    await kept(1);
    const first = await people().eraseSubject({ subject: ADA, worldId: WORLD, note: "asked" });
    const again = await people().eraseSubject({ subject: ADA, worldId: WORLD, note: "asked again" });
    expect(again).toEqual(first);
    const said = async () =>
      (await journal().query({ worldId: WORLD, filter: { types: [SubjectErased.typeName] } })).events;
    await vi.waitUntil(async () => (await said()).length === 1, { timeout: 5_000 });
    const [event] = await said();
    expect(event?.id).toMatchObject(first.worlds[0]?.id ?? {});
    expect(SubjectErased.decode(event?.payload ?? new Uint8Array())).toMatchObject({
      subject: ADA,
      by: "admin:ops",
      note: "asked",
    });
  });

  it("stays erased: what is said of the person later is never readable", async () => {
    await whisper(ada);
    await kept(1);
    await people().eraseSubject({ subject: ADA, note: "asked" });
    await whisper({ ...ada, text: "and again" });
    await kept(2);
    expect((await events()).map(({ payload }) => Whispered.decode(payload).text)).toEqual([ERASED, ERASED]);
    expect(heard).toEqual([SECRET, ERASED]);
  });

  it("outlives a restart with its keys, and so does its end", async () => {
    await whisper(ada, bo);
    await kept(2);
    await people().eraseSubject({ subject: ADA, note: "asked" });
    await host.stop();
    await start();
    const texts = (await events()).map(({ payload }) => Whispered.decode(payload).text);
    expect(texts).toEqual([ERASED, "all is well"]);
  });

  it("is erased by an operator with a reason only, and its keys go to services only", async () => {
    await whisper(ada);
    await expect(people().eraseSubject({ subject: ADA })).rejects.toThrow(/BUS_NOTE_MISSING/);
    await expect(people().eraseSubject({ subject: "player:cy", dryRun: true })).rejects.toThrow(
      /BUS_SUBJECT_UNKNOWN/,
    );
    const keys = host.directory.client(SubjectKeyService, admin);
    await expect(keys.keys({ worldId: WORLD, subjects: [ADA] })).rejects.toThrow(/RPC_CALLER_REFUSED/);
    const player = { role: "player", id: "ada", scopes: [] } as const;
    const asPlayer = host.directory.client(PersonalService, player);
    await expect(asPlayer.eraseSubject({ subject: ADA, note: "me" })).rejects.toThrow(/RPC_CALLER_REFUSED/);
  });

  it("is said of who has no key too, in every world, each time that it is asked for", async () => {
    await whisper(ada);
    await kept(1);
    const told: string[] = [];
    const subscription = host.surroundings.bus.subscribe({
      ...{ id: "test/erased", types: [SubjectErased.typeName], order: "none", from: "earliest" },
      handle: (event) => void told.push(`${event.world} ${event.decode(SubjectErased).subject}`),
    });
    await subscription.ready;
    for (let times = 0; times < 2; times++)
      expect((await people().eraseSubject({ subject: "player:cy", note: "asked" })).worlds).toEqual([]);
    await vi.waitFor(() =>
      expect(told.sort()).toEqual(
        ["platform", "platform", WORLD, WORLD].map((world) => `${world} player:cy`),
      ),
    );
    await subscription.drain();
  });

  it("said by hand is sealed like any other, and refused without its owner", async () => {
    await whisper(bo);
    await kept(1);
    const say = (event: object) =>
      journal().publish({ worldId: WORLD, type: Whispered.typeName, json: JSON.stringify(event) });
    await say({ playerId: ADA, text: SECRET });
    await kept(2);
    expect((await events())[1]?.says).toContain(SECRET);
    await expect(say({ text: SECRET })).rejects.toThrow(/WIRE_NO_SUBJECT/);
    await host.stop();
    expect(filesWith(SECRET)).toEqual([]);
    await start();
  });
});
