import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProjectionService } from "@orrery/schema/simulation/v1";
import type { Host } from "@orrery/service";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openEdge } from "../edge.ts";
import { allFollowed, startWorldInMemory } from "./world.testing.ts";

let folder: string;
let host: Host;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "orrery-rebuild-"));
  // An hour a second.
  host = await startWorldInMemory("vale", 3_600, folder);
});
afterAll(async () => {
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Row {
  readonly world: string;
  readonly at_gs: number;
}
const store = () =>
  host
    .running()
    .find(({ definition }) => definition.id === "weather-manager")!
    .kit.store.as<{
      weather_hour: Row;
    }>();
const rows = () =>
  store()
    .selectFrom("weather_hour")
    .selectAll()
    .orderBy("at_gs")
    .orderBy("region" as never)
    .execute();

async function rebuild(serviceId: string, projection: string, fromRetained = false) {
  const { client } = await openEdge({ url: host.url as string, data: folder, world: "vale" });
  const told = [];
  const asked = { worldId: "vale", serviceId, projection, fromRetained };
  for await (const one of client(ProjectionService).rebuildProjection(asked)) told.push(one);
  return told;
}

it("what the weather was is built again to the same rows while it goes on, asked for at the edge", async () => {
  const hours = async () => new Set((await rows()).map(({ at_gs }) => at_gs)).size;
  await vi.waitUntil(async () => (await hours()) >= 3, { timeout: 20_000 });
  await allFollowed(host);
  const before = await rows();
  const untilGs = before.at(-1)!.at_gs;
  await store().deleteFrom("weather_hour").where("at_gs", "=", untilGs).execute();
  const told = await rebuild("weather-manager", "sampler");
  expect(told.at(-1)).toMatchObject({ done: true, lost: 0 });
  const after = await rows();
  expect(after.filter(({ at_gs }) => at_gs <= untilGs)).toEqual(before);
  const now = await hours();
  await vi.waitUntil(async () => (await hours()) > now, { timeout: 20_000 });
  const all = await rows();
  expect(new Set(all.map(({ world }) => world))).toEqual(new Set(["vale"]));
  const times = [...new Set(all.map(({ at_gs }) => at_gs))];
  expect(times).toEqual(times.map((_, at) => times[0]! + at * 3_600));
});

it("what the journal has no more is named, and given up only by who says so", async () => {
  const [first] = await rows();
  const times = async () => new Set((await rows()).map(({ at_gs }) => at_gs));
  const before = await times();
  const journal = host
    .running()
    .find(({ definition }) => definition.id === "event-bus")!
    .kit.store.as<{
      frame: { publisher: number; first: number };
      name: { id: number; text: string };
    }>();
  const said = journal.selectFrom("name").select("id").where("text", "like", "weather-manager/vale/%/b%");
  const oldest = journal
    .selectFrom("frame")
    .select(({ fn }) => fn.min("first").as("first"))
    .where("publisher", "in", said);
  await journal.deleteFrom("frame").where("first", "in", oldest).execute();
  await vi.waitUntil(async () => (await times()).size > before.size, { timeout: 20_000 });
  await allFollowed(host);
  await expect(rebuild("weather-manager", "sampler")).rejects.toThrow(
    /PROJECTION_NOT_REACHED.*weather-manager\/vale\/.*: it has them from \S+ \(game second \d+\) on/,
  );
  expect((await rows())[0]).toEqual(first);
  const last = (await rebuild("weather-manager", "sampler", true)).at(-1);
  const left = await times();
  // A frame is one hour or several: an event each.
  const lost = [...before].filter((atGs) => !left.has(atGs));
  expect(lost).toContain(first!.at_gs);
  expect(last).toMatchObject({ done: true, lost: lost.length });
});

it("a model that nobody has is refused, with those that there are", async () => {
  await expect(rebuild("weather-manager", "constructor")).rejects.toThrow(
    /PROJECTION_UNKNOWN.*weather-manager has sampler, not constructor/,
  );
  await expect(rebuild("time-manager", "history")).rejects.toThrow(/RPC_NO_SERVICE/);
});
