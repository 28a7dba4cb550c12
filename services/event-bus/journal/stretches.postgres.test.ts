import { createMemoryTransport } from "@orrery/bus";
import { JournalService } from "@orrery/schema/bus/v1";
import { createLogger, startHost } from "@orrery/service";
import { createFrameWriter, openFrame } from "@orrery/wire";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Postgres, startPostgres } from "../../../tools/postgres.ts";
import eventBus from "../service.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

it("reads heads and stretches from PostgreSQL as from SQLite", async () => {
  const url = await postgres.database("stretches");
  const host = await startHost({
    services: [eventBus],
    transport: createMemoryTransport(),
    outsideTypes: ["*"],
    storeUrl: () => url,
    env: {},
    log: createLogger("silent"),
  });
  const journal = host.directory.client(JournalService, { role: "service", id: "t", scopes: [] });
  for (const [firstSequence, type] of [
    [1, "test.v1.Said"],
    [3, "test.v1.Aside"],
    [5, "test.v1.Said"],
  ] as const) {
    const head = {
      publisher: "p",
      source: "test",
      world: "w",
      lane: "standard",
      fingerprint: "0".repeat(16),
    } as const;
    const writer = createFrameWriter({ ...head, firstSequence });
    for (let at = 0; at < 2; at++)
      writer.appendRaw(type, new Uint8Array([at]), { timeMs: 100 * firstSequence });
    await host.surroundings.bus.send(writer.finish());
  }
  const heads = async () => (await journal.heads({ worldId: "w" })).heads;
  await vi.waitUntil(async () => (await heads())[0]?.sequence === 6, { timeout: 10_000 });
  expect(await heads()).toMatchObject([{ publisher: "p", lane: 2, sequence: 6, lastMs: 500 }]);
  const stretches = [{ publisher: "p", after: 1, until: 6 }];
  const answer = await journal.frames({ worldId: "w", stretches, types: ["test.v1.Said"] });
  expect(answer.frames.map((bytes) => openFrame(bytes).firstSequence)).toEqual([5, 1]);
  expect(answer).toMatchObject({ complete: true, lost: [], here: [{ publisher: "p", after: 1, until: 6 }] });
  await host.stop();
});
