import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CheckResult, Distance, SourceStatus, VersionDetected } from "@orrery/schema/engine/v1";
import { afterEach, beforeEach, expect, it } from "vitest";
import { figures } from "./figures.ts";
import { scheduler } from "./polling/scheduler.ts";
import { fresh, startEngine, TAGS, type TestEngine, watching } from "./testing/engine.ts";
import { startServer, tagged, type TestServer } from "./testing/server.ts";
import { packument } from "./testing/shapes/npm.ts";
import { release, tag } from "./testing/shapes/github.ts";

const MINUTE_MS = 60_000;
const sha = "c".repeat(40);
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

const subject = { id: "unreal-engine", title: "Unreal Engine", kind: "engine", current: "5.6.1", tags: TAGS };
const tags = (path = "/tags", rest: object = {}) => ({
  id: "tags",
  kind: "github-tags",
  url: `${server.url}${path}`,
  interval_s: 300,
  token_env: "ORRERY_TEST_TOKEN",
  ...rest,
});
const begin = async (sources: readonly object[], own: object = {}, env: object = {}) => {
  const file = watching(folder, [{ ...subject, ...own, sources }]);
  const settings = { ...file, UE_VERSION_MONITOR_LIVE: "on", ...env };
  engine = await startEngine(join(folder, "engine.db"), settings, fresh());
  await later(MINUTE_MS);
};
const later = async (ms: number) => {
  engine.later(ms);
  await engine.look();
};
const source = async (id = "tags") => {
  const { sources } = await engine.ada.getSubject({ subjectId: "unreal-engine" });
  return sources.find(({ sourceId }) => sourceId === id);
};
const said = () => engine.events(VersionDetected).map(({ version }) => version?.text);

it("asks a hundred times for one change: ninety-nine answers carry nothing, and one event is said", async () => {
  const before = tagged('"a"', [tag("5.6.1-release", sha)]);
  server.answer(before);
  await begin([tags()]);
  expect(said()).toEqual(["5.6.1"]);
  const after = tagged('"b"', [tag("5.7.0-release", sha), tag("5.6.1-release", sha)]);
  for (let poll = 0; poll < 100; poll++) {
    if (poll === 42) server.answer(after);
    await later(6 * MINUTE_MS);
  }
  expect(server.asked).toHaveLength(101);
  const known = server.asked.slice(1).map(({ headers }) => headers["if-none-match"]);
  expect(known.filter((etag, at) => etag === (at > 42 ? '"b"' : '"a"'))).toHaveLength(100);
  expect(said()).toEqual(["5.6.1", "5.7.0"]);
});

it("sends no request to a host that asked for two minutes, by its own planning or when it is told to", async () => {
  server.answer(() => ({ status: 429, headers: { "retry-after": "120" } }));
  await begin([tags(), tags("/others", { id: "others" })]);
  expect(server.asked).toHaveLength(1);
  const statuses = [(await source("tags"))?.status ?? 0, (await source("others"))?.status ?? 0];
  expect(statuses.sort()).toEqual([SourceStatus.NEVER_READ, SourceStatus.LIMITED]);
  server.answer(tagged('"a"', [tag("5.7.0-release", sha)]));
  await later(118_000);
  const { sources } = await engine.ada.checkNow({ idempotencyKey: engine.key() });
  expect(sources.map(({ result, reason }) => `${result} ${reason.split(":")[0]}`)).toEqual([
    ...Array(2).fill(`${CheckResult.SKIPPED} ENGINE_SOURCE_LIMITED`),
  ]);
  expect(server.asked).toHaveLength(1);
  engine = await engine.restart();
  await engine.look();
  expect(server.asked).toHaveLength(1);
  await later(MINUTE_MS + 2_000);
  await later(MINUTE_MS);
  expect(server.asked).toHaveLength(3);
  expect(await source()).toMatchObject({ status: SourceStatus.OK });
});

it("does not know what a private repository holds, and never says that nothing is new", async () => {
  server.answer(() => ({ status: 404 }));
  await begin([tags()]);
  const found = await source();
  expect(found).toMatchObject({ status: SourceStatus.UNAUTHORISED, lastOkMs: 0 });
  expect(found?.reason).toMatch(/the repository is private to linked accounts: set ORRERY_TEST_TOKEN/);
  const { subject: shown } = await engine.ada.getSubject({ subjectId: "unreal-engine" });
  expect(shown).toMatchObject({ lastOkMs: 0, distance: Distance.UNSPECIFIED });
  await engine.kit.part(figures).sample();
  expect(engine.kit.health.report()).toMatchObject({ healthy: true, ready: true, degraded: true });
  expect(said()).toEqual([]);
});

it("keeps what it knew when a token is no good any more, as old as it is", async () => {
  server.answer(() => ({ body: [tag("5.7.0-release", sha)] }));
  await begin([tags()]);
  const readMs = (await source())?.lastOkMs;
  server.answer(() => ({ status: 401 }));
  await later(6 * MINUTE_MS);
  expect(await source()).toMatchObject({ status: SourceStatus.UNAUTHORISED, lastOkMs: readMs });
  const { subject: shown } = await engine.ada.getSubject({ subjectId: "unreal-engine" });
  expect(shown?.newest?.text).toBe("5.7.0");
});

it("tells nobody a token: no event, error or answer has it", async () => {
  process.env["ORRERY_TEST_TOKEN"] = "very-secret-token";
  try {
    server.answer(() => ({ status: 403 }));
    await begin([tags(), tags("/broken?token=very-secret-token", { id: "broken" })]);
    server.answer(() => ({ body: "very-secret-token" }));
    await later(10 * MINUTE_MS);
    await engine.kit.part(figures).sample();
    expect(server.asked[0]?.headers.authorization).toBe("Bearer very-secret-token");
    const answers = [
      (await source("tags"))?.reason,
      (await source("broken"))?.reason,
      engine.kit.health.report(),
      engine.events(VersionDetected),
    ];
    expect(answers[0]).toMatch(/ENGINE_/);
    expect(JSON.stringify(answers)).not.toMatch(/very-secret/);
  } finally {
    delete process.env["ORRERY_TEST_TOKEN"];
  }
});

it("waits a minute after a failure, twice as long after each, and as before after one success", async () => {
  server.answer(() => ({ body: "[broken" }));
  await begin([tags()]);
  const waits: number[] = [];
  for (let failures = 1; failures <= 6; failures++) {
    const { nextDueMs = 0, lastTryMs = 0, failures: counted, status } = (await source()) ?? {};
    expect(counted).toBe(failures);
    expect(status).toBe(failures < 5 ? SourceStatus.NEVER_READ : SourceStatus.FAILING);
    waits.push((nextDueMs - lastTryMs) / MINUTE_MS);
    await later((waits.at(-1) ?? 0) * MINUTE_MS + 1);
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32]);
  server.answer(() => ({ body: [tag("5.7.0-release", sha)] }));
  await later(64 * MINUTE_MS + 1);
  const { nextDueMs = 0, lastTryMs = 0, ...now } = (await source()) ?? {};
  expect(now).toMatchObject({ failures: 0, status: SourceStatus.OK });
  expect((nextDueMs - lastTryMs) / MINUTE_MS).toBeGreaterThanOrEqual(4.5);
  expect((nextDueMs - lastTryMs) / MINUTE_MS).toBeLessThanOrEqual(5.5);
});

it("goes on with the others when one of them is broken, whatever kinds they are", async () => {
  server.answer(({ path }) => {
    if (path === "/releases") return { body: [release("5.7.0-release")] };
    if (path === "/some-engine") return { body: packument({ "5.8.0": undefined }) };
    return { body: "<oops>" };
  });
  await begin([
    { ...tags("/releases"), id: "releases", kind: "github-releases" },
    { ...tags("/feed"), id: "feed", kind: "feed" },
    { ...tags("/some-engine"), id: "npm", kind: "npm" },
  ]);
  await later(MINUTE_MS);
  await later(MINUTE_MS);
  expect((await source("feed"))?.reason).toMatch(/ENGINE_FEED.*line 1/);
  expect(await source("releases")).toMatchObject({ status: SourceStatus.OK });
  expect(await source("npm")).toMatchObject({ status: SourceStatus.OK, unparsed: 1 });
  expect(server.most).toBe(1);
  const { drafts } = await engine.ada.listDrafts({ subjectId: "unreal-engine" });
  expect(drafts[0]?.evidence).toBe("- Adds Nanite foliage");
});

it("reads nothing outside until it is told to, and says so", async () => {
  await begin([tags()], {}, { UE_VERSION_MONITOR_LIVE: "off" });
  await later(10 * MINUTE_MS);
  expect(server.asked).toHaveLength(0);
  expect(await source()).toMatchObject({ status: SourceStatus.DISABLED });
  expect((await source())?.reason).toMatch(/UE_VERSION_MONITOR_LIVE/);
  const { sources } = await engine.ada.checkNow({ idempotencyKey: engine.key() });
  expect(sources[0]).toMatchObject({ result: CheckResult.SKIPPED });
});

it("is not moved by a host's clock that is set, and never stops for one that was wrong", async () => {
  server.answer(tagged('"a"', [tag("5.7.0-release", sha)]));
  await begin([tags()]);
  engine.setHost(400 * 86_400_000);
  for (let minutes = 0; minutes < 4; minutes++) await later(MINUTE_MS);
  expect(server.asked).toHaveLength(1);
  await later(2 * MINUTE_MS);
  expect(server.asked).toHaveLength(2);
  // What was written while the clock was wrong lies a year ahead of the next process.
  engine.setHost(-400 * 86_400_000);
  engine = await engine.restart();
  await later(MINUTE_MS);
  expect(server.asked).toHaveLength(3);
});

it("takes a hook whose bytes are signed, and no other", async () => {
  process.env["ORRERY_TEST_HOOK"] = "hook-secret";
  const { createHmac } = await import("node:crypto");
  try {
    await begin([{ id: "pushed", kind: "push", secret_env: "ORRERY_TEST_HOOK" }]);
    const body = Buffer.from(JSON.stringify({ tag: "5.7.0-release", notes: "- Adds Nanite foliage" }));
    const seal = (text: string | Buffer, secret = "hook-secret") => createHmac("sha256", secret).update(text);
    const send = (headers: Record<string, string>, bytes: Uint8Array = body, name = "pushed") =>
      engine.hooks.deliver({
        name,
        body: bytes,
        headers: Object.entries(headers).map(([header, value]) => ({ name: header, value })),
      });
    const own = (atS: number, secret?: string) => ({
      "orrery-signature": `t=${atS},v1=${seal(`${atS}.`, secret).update(body).digest("hex")}`,
    });
    const nowS = Math.floor(engine.kit.hostMs() / 1_000);
    for (const headers of [
      {},
      own(nowS, "guessed"),
      own(nowS - 301),
      own(nowS + 302),
      { "orrery-signature": "t=1" },
    ])
      expect(await send(headers)).toMatchObject({ status: 403 });
    expect(said()).toEqual([]);
    expect(await send(own(nowS), body, "constructor")).toMatchObject({ status: 404 });
    expect(await send(own(nowS))).toMatchObject({ status: 200, message: "received" });
    expect(await send(own(nowS))).toMatchObject({ status: 200, message: "known" });
    const github = (event: string, value: object) => {
      const bytes = Buffer.from(JSON.stringify(value));
      const signature = `sha256=${seal(bytes).digest("hex")}`;
      return send({ "x-github-event": event, "x-hub-signature-256": signature }, bytes);
    };
    const { releaseEvent } = await import("./testing/shapes/github.ts");
    expect(await github("ping", { zen: "Keep it." })).toMatchObject({ status: 202 });
    expect(await github("release", releaseEvent("deleted", "5.9.0-release"))).toMatchObject({ status: 202 });
    expect(await github("release", releaseEvent("published", "5.8.0-release"))).toMatchObject({
      status: 200,
    });
    expect(await github("create", { ref: "5.8.1-release", ref_type: "tag" })).toMatchObject({ status: 200 });
    expect(await github("create", { ref: "soon", ref_type: "tag" })).toMatchObject({ status: 400 });
    expect(await github("release", { action: 1 })).toMatchObject({ status: 400 });
    expect(said()).toEqual(["5.7.0", "5.8.0", "5.8.1"]);
  } finally {
    delete process.env["ORRERY_TEST_HOOK"];
  }
});

it("spreads what is overdue over a minute after a start", async () => {
  server.answer(tagged('"a"', [tag("5.7.0-release", sha)]));
  const many = Array.from({ length: 40 }, (_, at) => tags(`/tags-${at}`, { id: `tags-${at}` }));
  const file = watching(folder, [{ ...subject, sources: many }]);
  engine = await startEngine(join(folder, "engine.db"), { ...file, UE_VERSION_MONITOR_LIVE: "on" }, fresh());
  await engine.look();
  const first = server.asked.length;
  expect(first).toBeLessThan(5);
  for (let looks = 0; looks < 60; looks++) await later(1_000);
  for (let looks = 0; looks < 40; looks++) await engine.kit.part(scheduler).look();
  expect(server.asked).toHaveLength(40);
  expect(server.most).toBe(1);
});
