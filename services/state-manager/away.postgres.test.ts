import { errorCodeOf } from "@orrery/service";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres.ts";
import { idOf, increment } from "./testing/operations.ts";
import { startState } from "./testing/state.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

describe("a database that is cut off", () => {
  it("leaves cached reads marked as old, refuses writes, and is taken up again by itself", async () => {
    const url = await postgres.database("away");
    const state = await startState(url);
    const client = state.client();
    const id = idOf("progress", "player:away", "main");
    const write = (key: string) =>
      client.write({ worldId: "w", operations: [{ id, ...increment("/n") }], idempotencyKey: `away-${key}` });
    await write("first");

    const operator = new Client(url.replace("/away", "/postgres"));
    await operator.connect();
    await operator.query("alter database away with allow_connections false");
    await operator.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'away'");
    await expect(write("second")).rejects.toSatisfy(
      (error: unknown) => errorCodeOf(error) === "STATE_STORE_AWAY",
    );
    const stale = await client.get({ worldId: "w", id, asJson: true });
    expect([stale.object?.json, stale.staleSinceMs > 0]).toEqual(['{"n":1}', true]);
    expect(state.host.running()[0]?.kit.health.report().ready).toBe(false);

    await operator.query("alter database away with allow_connections true");
    await operator.end();
    const again = await write("second");
    expect([again.written[0]?.version, again.seqs[0]?.seq]).toEqual([2, 2]);
    const fresh = await client.get({ worldId: "w", id, asJson: true });
    expect([fresh.object?.json, fresh.staleSinceMs]).toEqual(['{"n":2}', 0]);
    expect(state.host.running()[0]?.kit.health.report().ready).toBe(true);
    await state.stop();
  });
});
