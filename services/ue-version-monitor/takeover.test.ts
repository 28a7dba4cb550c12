import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryTransport } from "@orrery/bus";
import { EngineService, VersionDetected } from "@orrery/schema/engine/v1";
import { codecs } from "@orrery/schema/registry";
import { createLogger, startHost, systemClock } from "@orrery/service";
import { openFrame } from "@orrery/wire";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keeper } from "./keep/keeper.ts";
import service from "./service.ts";
import { listing, TAGS, watching } from "./testing/engine.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-engine-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("one of two processes writes, the other reads, refuses to write, and takes over without saying anything again", async () => {
  listing(folder, "feed.yaml", [{ tag: "5.7.0-release" }]);
  const sources = [{ id: "file", kind: "file", url: "feed.yaml" }];
  const env = watching(folder, [
    { id: "unreal-engine", title: "Unreal", kind: "engine", tags: TAGS, sources },
  ]);
  /** By the names that readers drop repeats by: what two processes find unsent is sent by both. */
  const said = new Set<string>();
  const start = async (instance: string) => {
    const transport = createMemoryTransport();
    const host = await startHost({
      services: [service],
      transport: {
        ...transport,
        features: transport.features,
        async publish(frames) {
          for (const bytes of frames) {
            const frame = openFrame(bytes);
            for (const event of frame.events())
              if (event.type === VersionDetected.typeName) said.add(`${frame.publisher} ${event.sequence}`);
          }
          await transport.publish(frames);
        },
      },
      storeUrl: () => join(folder, "engine.db"),
      instance,
      outsideTypes: [...codecs.values()].flatMap(({ event, typeName }) => (event ? [typeName] : [])),
      env,
      log: createLogger("silent"),
    });
    const kit = host.running()[0]?.kit;
    if (kit === undefined) throw new Error("the service did not start");
    return {
      host,
      kit,
      calls: host.directory.client(EngineService, { role: "admin", id: "ada", scopes: [] }),
    };
  };
  const until = async (holds: () => boolean | Promise<boolean>) => {
    for (let tries = 0; !(await holds()); tries++) {
      if (tries > 1_500) throw new Error("it did not come about");
      await systemClock.sleep(10);
    }
  };
  const one = await start("one");
  const two = await start("two");
  try {
    await until(() => said.size === 1);
    expect(two.kit.part(keeper).term).toBe(0);
    const { sightings } = await two.calls.listSightings({});
    expect(sightings.map(({ version }) => version?.text)).toEqual(["5.7.0"]);
    const asked = { subjectId: "unreal-engine", version: "5.7.0", idempotencyKey: "takeover-key" };
    await expect(two.calls.acknowledge(asked)).rejects.toThrow(/SERVICE_NOT_READY/);
    await one.host.stop();
    await until(() => two.kit.part(keeper).term > 0);
    await two.calls.acknowledge(asked);
    await two.calls.checkNow({ idempotencyKey: "takeover-check" });
    expect(said.size).toBe(1);
  } finally {
    await two.host.stop();
  }
});
