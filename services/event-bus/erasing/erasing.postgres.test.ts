import { createMemoryTransport } from "@orrery/bus";
import { PersonalService, SubjectKeyService } from "@orrery/schema/bus/v1";
import { createLogger, startHost } from "@orrery/service";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../../tools/postgres.ts";
import eventBus from "../service.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

it("keeps and destroys keys in PostgreSQL as in SQLite", async () => {
  const url = await postgres.database("erasing");
  const host = await startHost({
    services: [eventBus],
    transport: createMemoryTransport(),
    outsideTypes: ["*"],
    storeUrl: () => url,
    env: {},
    log: createLogger("silent"),
  });
  const asService = host.directory.client(SubjectKeyService, { role: "service", id: "s", scopes: [] });
  const asAdmin = host.directory.client(PersonalService, { role: "admin", id: "ops", scopes: [] });
  const asked = { worldId: "w", subjects: ["player:ada", "player:bo"] };
  const bySubject = async () =>
    Object.fromEntries((await asService.keys(asked)).keys.map((held) => [held.subject, held]));
  const [one, other] = await Promise.all([bySubject(), bySubject()]);
  expect(other).toEqual(one);
  expect(one["player:ada"]?.key).toHaveLength(32);
  const erase = () => asAdmin.eraseSubject({ subject: "player:ada", note: "asked" });
  const first = await erase();
  expect(first.worlds).toMatchObject([{ worldId: "w", events: 0 }]);
  expect(await erase()).toEqual(first);
  const after = await bySubject();
  expect(after["player:ada"]).toMatchObject({ id: one["player:ada"]?.id, key: new Uint8Array() });
  expect(after["player:bo"]).toEqual(one["player:bo"]);
  await host.stop();
});
