import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { problemOf } from "./hooks/signature.ts";
import { fresh, listing, startEngine, TAGS, type TestEngine, watching } from "./testing/engine.ts";
import { startServer, type TestServer } from "./testing/server.ts";

const SECRET = "notices-secret";
let folder: string;
let server: TestServer;
let engine: TestEngine;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "orrery-engine-"));
  server = await startServer();
});
afterEach(async () => {
  await engine?.stop();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
const begin = async () => {
  listing(folder, "feed.yaml", [{ tag: "5.7.0-release" }, { tag: "5.8.0-preview-1" }]);
  const sources = [{ id: "file", kind: "file", url: "feed.yaml" }];
  const subject = {
    id: "unreal-engine",
    title: "Unreal",
    kind: "engine",
    current: "5.6.1",
    tags: TAGS,
    sources,
  };
  const where = {
    UE_VERSION_MONITOR_NOTICES_URL: `${server.url}/notices`,
    UE_VERSION_MONITOR_JOBS_SECRET: SECRET,
  };
  engine = await startEngine(
    join(folder, "engine.db"),
    { ...watching(folder, [subject]), ...where },
    fresh(),
  );
  await engine.look();
};

it("posts a version that is announced once, signed, and none of a channel that nobody wants", async () => {
  server.answer(() => ({ status: 204 }));
  await begin();
  await engine.until(() => server.asked.length === 1);
  engine = await engine.restart();
  engine.later(3_600_000);
  for (let looks = 0; looks < 3; looks++) await engine.look();
  expect(server.asked).toHaveLength(1);
  const [{ body, headers } = { body: "", headers: {} }] = server.asked;
  expect(JSON.parse(body)).toMatchObject({ subjectId: "unreal-engine", tag: "5.7.0-release" });
  const named = new Map(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  expect(problemOf(named, Buffer.from(body), SECRET, engine.kit.hostMs() - 3_600_000)).toBeUndefined();
});

it("tries five times where nobody takes it, with growing pauses, and no more", async () => {
  server.answer(() => ({ status: 500 }));
  await begin();
  await engine.until(() => server.asked.length === 1);
  await engine.look();
  expect(server.asked).toHaveLength(1);
  for (let looks = 0; looks < 8; looks++) {
    engine.later(3_600_000);
    await engine.look();
  }
  expect(server.asked).toHaveLength(5);
});
