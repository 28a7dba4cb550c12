import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TimeService } from "@orrery/schema/time/v1";
import { startTelemetry } from "@orrery/service";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openEdge } from "../edge.ts";
import { startInstance } from "./instance.ts";
import { replayWorld } from "./replay-world.ts";

interface Span {
  readonly scope: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

let root: string;
let receiver: Server;
let spans: Span[];
let metricNames: Set<string>;
let endpoint: string;

/** What an OTLP/HTTP collector hears: enough of it to look at names and ids. */
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "orrery-telemetry-"));
  spans = [];
  metricNames = new Set();
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    for (const { scopeSpans } of body.resourceSpans ?? [])
      for (const { scope, spans: some } of scopeSpans)
        for (const span of some) spans.push({ ...span, scope: scope.name });
    for (const { scopeMetrics } of body.resourceMetrics ?? [])
      for (const { metrics } of scopeMetrics) for (const { name } of metrics) metricNames.add(name);
    response.setHeader("content-type", "application/json").end("{}");
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterEach(() => {
  vi.unstubAllEnvs();
  receiver.close();
  rmSync(root, { recursive: true, force: true });
});

async function startWorld() {
  const worlds = [{ id: "vale", pack: "hollowmere", seed: "s", rate: 3_600 }];
  const options = {
    data: root,
    port: 0,
    worlds,
    databaseUrl: undefined,
    consoleFolder: "",
    logLevel: "silent",
  };
  const instance = await startInstance(options);
  const edge = await openEdge({ url: instance.host.url ?? "", data: root, world: "vale" });
  return { instance, edge };
}

describe("telemetry", () => {
  it("shows a call and the handling of its event in another service as one trace, which a replay gives again", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
    const telemetry = await startTelemetry("orrery", { ...process.env, OTEL_BSP_SCHEDULE_DELAY: "50" });
    const { instance, edge } = await startWorld();
    try {
      const { now } = await vi.waitUntil(async () => {
        const clock = await edge.client(TimeService).getClock({ worldId: "vale" });
        return clock.now === undefined ? undefined : clock;
      });
      const value = (now?.atGs ?? 0) + 4 * 3_600;
      const key = "telemetry-test";
      await edge
        .client(TimeService)
        .skipTo({ worldId: "vale", idempotencyKey: key, target: { case: "toGs", value } });
      const below = (parent: Span, scope: string, name: RegExp) =>
        vi.waitUntil(
          () =>
            spans.find(
              (span) => span.scope === scope && span.parentSpanId === parent.spanId && name.test(span.name),
            ),
          { timeout: 10_000 },
        );
      const call = await vi.waitUntil(() => spans.find(({ name }) => name.endsWith("/SkipTo")), {
        timeout: 10_000,
      });
      expect((await below(call, "time-manager", /^command time\.v1\.SkipToRequest$/)).traceId).toBe(
        call.traceId,
      );
      // The clock's hand is a command of its own: the root of all that comes of the hour.
      const hour = await vi.waitUntil(() => spans.find(({ name }) => name === "handle time.v1.HourChanged"), {
        timeout: 10_000,
      });
      expect(["weather-manager", "world-state"]).toContain(hour.scope);
      // What comes of a command may be exported before it.
      const turn = await vi.waitUntil(() => spans.find(({ spanId }) => spanId === hour.parentSpanId), {
        timeout: 10_000,
      });
      expect(turn).toMatchObject({ scope: "time-manager", traceId: hour.traceId });
      expect(turn.name).toMatch(/^command time\.v1\./);
      expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
      const asked = { services: undefined, fromGs: Number.NEGATIVE_INFINITY };
      // The journal has the records a moment after the fact: of a world that goes on there is always one that is not there yet.
      await edge
        .client(TimeService)
        .hold({ worldId: "vale", name: "test", idempotencyKey: "telemetry-hold" });
      const verdicts = await vi.waitUntil(
        async () => {
          const results = await replayWorld(edge, asked, () => {});
          const said = results.map(({ verdict }) => verdict.verdict);
          return said.includes("NOT_RUN") ? undefined : said;
        },
        { timeout: 15_000, interval: 250 },
      );
      expect(verdicts).toEqual(Array(5).fill("PASS"));
    } finally {
      await instance.stop();
      await telemetry?.stop();
    }
    expect([...metricNames]).toEqual(expect.arrayContaining(["orrery_rpc_seconds", "orrery_commit_seconds"]));
  }, 60_000);

  it("is off where no endpoint is set, or where it is switched off", async () => {
    expect(await startTelemetry("orrery", {})).toBeUndefined();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: "true" };
    expect(await startTelemetry("orrery", env)).toBeUndefined();
  });
});
