import { SubjectErased } from "@orrery/schema/bus/v1";
import {
  Channel,
  type FeatureChanged as Changed,
  FeatureChanged,
  FeatureChangeKind,
  FeatureService,
  FeatureStatus,
  Preset,
} from "@orrery/schema/capability/v1";
import { ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import service from "../service.ts";

let services: TestServices;
const clientOf = (role: "service" | "admin" | "player", id: string) =>
  services.host.directory.client(FeatureService, { role, id, scopes: [] });
const admin = () => clientOf("admin", "ada");
const unreal = { engineId: "unreal-engine" };

beforeEach(async () => {
  services = await testServices([service]);
  await services.pass(1_000);
});
afterEach(() => services.stop());

async function during<T>(promise: Promise<T>): Promise<T> {
  let open = true;
  void promise.catch(() => undefined).finally(() => (open = false));
  while (open) await services.clock.advance(20);
  return promise;
}
const featureOf = async (key: string) => {
  const { feature } = await during(admin().getFeature({ key }));
  if (feature === undefined) throw new Error(`no ${key}`);
  return feature;
};
const keysOf = async (version: string, more = {}) =>
  (await during(admin().forVersion({ ...unreal, version, pageSize: 500, ...more }))).features.map(
    ({ key }) => key,
  );
/** Events since the catalogue came with the code. */
async function changes(): Promise<readonly Changed[]> {
  await services.pass(500);
  return services.said(FeatureChanged).filter(({ by }) => by !== "catalogue");
}
const errorOf = (promise: Promise<unknown>) =>
  during(promise).then(
    () => "",
    (error: unknown) => String(error),
  );

describe("versions", () => {
  it("have what was introduced by then, and a preview's own only for those who ask for previews", async () => {
    expect(await keysOf("5.0.3")).not.toContain("megalights");
    expect(await keysOf("5.5.4")).toContain("megalights");
    const stable = await during(admin().forVersion({ ...unreal, version: "5.7.0" }));
    expect(stable.version).toBe("5.6.1");
    const preview = await during(admin().forVersion({ ...unreal, version: "5.7.0", previews: true }));
    expect(preview.version).toBe("5.7.0");
    const foliage = (found: typeof stable) =>
      found.features
        .find(({ key }) => key === "nanite_virtualized_geometry")
        ?.parameters.some(({ name }) => name === "foliage");
    expect([foliage(stable), foliage(preview)]).toEqual([false, true]);
  });

  it("differ by what the later one enhances", async () => {
    const found = await during(admin().diff({ ...unreal, from: "5.6.1", to: "5.7.0" }));
    expect(found.enhanced.map(({ key }) => key)).toEqual(
      expect.arrayContaining(["megalights", "nanite_virtualized_geometry", "procedural_content_generation"]),
    );
    expect(found.matured.map(({ key }) => key)).toContain("substrate_materials");
    expect(found.removed).toEqual([]);
  });

  it("are read as engines write them", async () => {
    const asked = { ...unreal, version: "5.6.1-44394996+++UE5+Release-5.6" };
    expect((await during(admin().forVersion(asked))).version).toBe("5.6.1");
    expect(await errorOf(admin().forVersion({ ...unreal, version: "4.27-plus" }))).toContain(
      "CAPABILITY_VERSION_SYNTAX",
    );
    expect(await errorOf(admin().forVersion({ ...unreal, version: "5.6.0" }))).toContain(
      "below it 5.5.4, above it 5.6.1",
    );
    expect(await errorOf(admin().forVersion({ engineId: "constructor" }))).toContain(
      "CAPABILITY_UNKNOWN_ENGINE",
    );
    const alias = await during(admin().forVersion({ engineId: "unreal" }));
    expect(alias).toMatchObject({ engineId: "unreal-engine", version: "5.6.1" });
  });

  it("come with the ranges that there are, and none brings a feature by itself", async () => {
    const engine = async () =>
      (await during(admin().listEngines({}))).engines.find((e) => e.engineId === "unreal-engine");
    const before = await keysOf("5.7.0", { previews: true });
    const put = { ...unreal, version: { version: "5.8.0-preview-1", channel: Channel.PREVIEW } };
    const { revision } = await during(
      admin().putVersion({ ...put, expectedRevision: (await engine())?.revision ?? 0 }),
    );
    expect(await keysOf("5.8.0-preview.1", { previews: true })).toEqual(before);
    expect((await engine())?.revision).toBe(revision);
    expect(await errorOf(admin().putVersion({ ...put, expectedRevision: 1 }))).toContain(
      "CAPABILITY_REVISION_CONFLICT",
    );
    const withdrawn = { version: "5.6.1", channel: Channel.STABLE, withdrawn: true };
    expect(
      await errorOf(admin().putVersion({ ...unreal, version: withdrawn, expectedRevision: revision })),
    ).toContain("CAPABILITY_IN_USE");
  });

  it("become the default with an event", async () => {
    const { engines } = await during(admin().listEngines({}));
    const { revision = 0 } = engines.find(({ engineId }) => engineId === "unreal-engine") ?? {};
    await during(admin().setDefaultVersion({ ...unreal, version: "5.5.4", expectedRevision: revision }));
    expect(await changes()).toMatchObject([
      { change: FeatureChangeKind.DEFAULT_VERSION, version: "5.5.4", previous: "5.6.1", by: "admin:ada" },
    ]);
  });
});

describe("features", () => {
  it("are told one by one when they come with the code, with revisions that grow by one", async () => {
    const said = services.said(FeatureChanged).map(({ catalogueRevision }) => catalogueRevision);
    expect(said).toEqual(said.map((_, at) => at + 1));
    const { catalogueRevision } = await during(admin().listFeatures({}));
    expect(catalogueRevision).toBe(said.length);
    await services.restart();
    await services.pass(1_000);
    expect(services.said(FeatureChanged)).toHaveLength(said.length);
  });

  it("are changed as they were looked at, and answers that were kept ready are forgotten", async () => {
    const lumen = await featureOf("lumen_global_illumination");
    const where = { platform: "windows", preset: Preset.HIGH };
    expect(await keysOf("5.6.1", where)).toContain(lumen.key);
    const removed = structuredClone(lumen);
    for (const { ranges } of removed.availability) for (const range of ranges) range.removed = "5.6.0";
    const put = {
      feature: removed,
      expectedRevision: lumen.revision,
      idempotencyKey: "remove-lumen",
    };
    const { revision } = await during(admin().putFeature(put));
    expect(await keysOf("5.6.1", where)).not.toContain(lumen.key);
    expect(await keysOf("5.5.4", where)).toContain(lumen.key);
    expect((await during(admin().putFeature(put))).revision).toBe(revision);
    expect(await errorOf(admin().putFeature({ ...put, idempotencyKey: "" }))).toContain(
      "CAPABILITY_REVISION_CONFLICT",
    );
    expect(await changes()).toMatchObject([
      { key: lumen.key, change: FeatureChangeKind.REMOVED, version: "5.6.0", catalogueRevision: revision },
    ]);
    await services.restart();
    await services.pass(1_000);
    expect(await keysOf("5.6.1", where)).not.toContain(lumen.key);
  });

  it("that are retired lead to what takes their place", async () => {
    const { revision: expectedRevision } = await featureOf("metasound");
    await during(admin().retireFeature({ key: "metasound", expectedRevision }));
    const target = { ...unreal, platform: "windows" };
    const { results } = await during(admin().check({ target, directives: [{ key: "metasound" }] }));
    expect(results).toMatchObject([{ ok: false, code: "CAPABILITY_NOT_OFFERED", fallback: "spatial_audio" }]);
    expect(await changes()).toMatchObject([
      { change: FeatureChangeKind.REMOVED, fallbacks: ["spatial_audio"] },
    ]);
  });

  it("that are drafts are nobody's until they are let in", async () => {
    const model = await featureOf("control_rig");
    const feature = { ...model, key: "hair_strands", status: FeatureStatus.DRAFT };
    const { revision } = await during(admin().putFeature({ feature }));
    expect(await keysOf("5.6.1")).not.toContain("hair_strands");
    await during(admin().reviewDraft({ key: "hair_strands", approve: true, expectedRevision: revision }));
    expect(await keysOf("5.6.1")).toContain("hair_strands");
    expect((await changes()).map(({ change }) => change)).toEqual([
      FeatureChangeKind.EDITED,
      FeatureChangeKind.ADDED,
    ]);
  });

  it("are refused where they could not be answered for", async () => {
    const rig = await featureOf("control_rig");
    const put = (more: object) =>
      errorOf(admin().putFeature({ feature: { ...rig, ...more }, expectedRevision: rig.revision }));
    expect(await put({ fallbacks: ["cloth_simulation"] })).toContain("CAPABILITY_FALLBACK_CYCLE");
    expect(await put({ fallbacks: ["cloth_simulatio"] })).toContain("nearest: cloth_simulation");
    expect(await put({ fallbacks: ["plain_text"] })).toContain("CAPABILITY_FEATURE_INVALID");
    const [own] = rig.availability;
    const elsewhere = [{ ...own, engineId: "web" }];
    expect(await put({ availability: elsewhere })).toContain("CAPABILITY_IN_USE");
    expect(await put({ availability: [{ ...own, engineId: "godot" }] })).toContain(
      "CAPABILITY_UNKNOWN_ENGINE",
    );
    expect(await errorOf(clientOf("service", "tides").putFeature({}) as never)).toContain(
      "RPC_CALLER_REFUSED",
    );
    expect(await changes()).toEqual([]);
  });

  it("are found by the language of filters", async () => {
    const found = await during(
      admin().listFeatures({ filter: 'engine = "web" and tag "storm" and not has fallback' }),
    );
    expect(found.features.map(({ key }) => key)).toEqual([
      "ambient_loops",
      "chronicle",
      "gamepad_rumble",
      "page_tint",
      "spatial_audio",
    ]);
    expect(await errorOf(admin().listFeatures({ filter: "tag storm" }))).toContain("column 5");
  });
});

describe("suggestions", () => {
  const tags = ["storm", "night", "crowd"].map((name) => ({ name, weight: 1 }));

  it("for a storm by night in a crowd stay within 4 ms on the web, and each can be shown", async () => {
    const target = { engineId: "web", preset: Preset.LOW, platform: "mobile" };
    const asked = { target, tags, budget: { gpuMs: 4 } };
    const { directives } = await during(admin().suggest(asked));
    expect(directives.length).toBeGreaterThan(3);
    expect(directives.reduce((sum, { cost }) => sum + (cost?.gpuMs ?? 0), 0)).toBeLessThanOrEqual(4);
    const checked = await during(admin().check({ target, directives }));
    expect(checked.ok).toBe(true);
    expect((await during(admin().suggest(asked))).directives).toEqual(directives);
  });

  it("for a terminal are text alone, from prose too", async () => {
    const asked = { target: { engineId: "terminal" }, text: "A STORM by night, over the crowded market!" };
    const { directives, understood } = await during(admin().suggest(asked));
    expect(understood.map(({ name }) => name)).toEqual(["crowd", "night", "storm"]);
    expect(directives.map(({ key }) => key).sort()).toEqual([
      "coloured_text",
      "plain_text",
      "text_banner",
      "text_map",
    ]);
  });

  it("are refused with parameters that the feature does not take", async () => {
    const wrong = (name: string, value: object) =>
      during(
        admin().check({
          target: unreal,
          directives: [{ key: "niagara_particles", parameters: [{ name, value: { value } as never }] }],
        }),
      ).then(({ results }) => results[0]?.code);
    expect(await wrong("intensity", { case: "number", value: 2 })).toBe("CAPABILITY_PARAMETER");
    expect(await wrong("kind", { case: "text", value: "frogs" })).toBe("CAPABILITY_PARAMETER");
    expect(await wrong("constructor", { case: "flag", value: true })).toBe("CAPABILITY_PARAMETER");
    expect(await wrong("kind", { case: "text", value: "snow" })).toBe("");
  });
});

describe("sessions", () => {
  const connect = (sessionId: string, playerId: string, engine: string, engineVersion: string) =>
    services.tell("hollowmere", "router", ClientConnected, {
      sessionId,
      playerId,
      engine,
      engineVersion,
      platform: "windows",
    });
  const session = (sessionId: string, as = admin()) => during(as.forSession({ sessionId, pageSize: 500 }));

  it("are shown what their clients can show, and nobody else's", async () => {
    await connect("s-1", "ada", "unreal", "5.7.0-44394996+++UE5+Release-5.7");
    await connect("s-2", "bob", "unreal", "5.6.1");
    await services.pass(1_000);
    expect(await session("s-1")).toMatchObject({ engineId: "unreal-engine", version: "5.6.1" });
    const previews = await during(admin().forSession({ sessionId: "s-1", previews: true }));
    expect(previews.version).toBe("5.7.0");
    const ada = clientOf("player", "ada");
    expect((await session("s-1", ada)).features.length).toBeGreaterThan(10);
    expect(await errorOf(session("s-2", ada))).toContain("CAPABILITY_UNKNOWN_SESSION");
    const off = { sessionId: "s-2", switchedOff: ["metasound"], pageSize: 500 };
    expect((await during(admin().forSession(off))).features.map(({ key }) => key)).not.toContain("metasound");
  });

  it("are over with the connection, with a day, and with the person", async () => {
    for (const [id, player] of [
      ["s-1", "ada"],
      ["s-2", "bob"],
      ["s-3", "cyd"],
    ] as const)
      await connect(id, player, "web", "1.0.0");
    await services.pass(1_000);
    await services.tell("hollowmere", "router", ClientDisconnected, { sessionId: "s-1", playerId: "ada" });
    await services.tell("hollowmere", "event-bus", SubjectErased, { subject: "player:bob" });
    await services.pass(1_000);
    expect(await errorOf(session("s-1"))).toContain("CAPABILITY_UNKNOWN_SESSION");
    expect(await errorOf(session("s-2"))).toContain("CAPABILITY_UNKNOWN_SESSION");
    expect((await session("s-3")).engineId).toBe("web");
    await services.restart({ afterMs: 24 * 3_600_000 });
    expect(await errorOf(session("s-3"))).toContain("CAPABILITY_UNKNOWN_SESSION");
  });
});
