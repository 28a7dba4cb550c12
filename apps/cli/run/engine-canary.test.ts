import { FeatureService } from "@orrery/schema/capability/v1";
import {
  EngineService,
  FeatureChange,
  SuiteOutcome,
  UpgradeAdvanced,
  UpgradeState as S,
  VersionDetected,
} from "@orrery/schema/engine/v1";
import { ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { PLATFORM } from "@orrery/wire";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { loadService } from "./services.ts";

const ADMIN = { role: "admin", id: "ada", scopes: [] } as const;
const ROBOT = { role: "service", id: "feeds", scopes: [] } as const;
const MINUTE_MS = 60_000;
let services: TestServices;
let keys = 0;
const idempotencyKey = () => `engine-canary-${String(++keys).padStart(4, "0")}`;

beforeEach(async () => {
  services = await testServices(
    await Promise.all(["capability-registry", "ue-version-monitor"].map((id) => loadService(id))),
  );
  // The file that comes with the service is read first, and reading takes as long as it takes.
  await vi.waitUntil(async () => {
    await services.pass();
    return ((await engines().getSubject({ subjectId: "unreal-engine" })).subject?.lastOkMs ?? 0) > 0;
  }, 10_000);
});
afterEach(() => services.stop());

const engines = () => services.host.directory.client(EngineService, ADMIN);
const features = () => services.host.directory.client(FeatureService, ADMIN);

/** An upgrade to a version whose notes say two things, of which one was approved, as far as its canary. */
async function toCanary(): Promise<string> {
  const notes = "- Improves MegaLights\n- Deprecates Control Rig";
  const told = { subjectId: "unreal-engine", tag: "5.8.0-release", notes, idempotencyKey: idempotencyKey() };
  await services.host.directory.client(EngineService, ROBOT).push(told);
  const { drafts } = await engines().listDrafts({ subjectId: "unreal-engine", version: "5.8.0" });
  const draft = drafts.find(({ featureKey }) => featureKey === "megalights");
  await engines().reviewDraft({
    draftId: draft?.draftId ?? "",
    approve: true,
    idempotencyKey: idempotencyKey(),
  });
  const asked = { subjectId: "unreal-engine", to: "5.8.0", reason: "", idempotencyKey: idempotencyKey() };
  const upgradeId = (await engines().proposeUpgrade(asked)).upgrade?.upgradeId ?? "";
  await engines().approve({ upgradeId, idempotencyKey: idempotencyKey() });
  await services.pass(2_000);
  const step = { upgradeId, ok: true };
  const artefacts = [{ name: "server", sha256: "a".repeat(64) }];
  await engines().reportStep({ ...step, state: S.BUILDING, artefacts, idempotencyKey: idempotencyKey() });
  const suites = ["smoke", "replication"].map((name) => ({ name, outcome: SuiteOutcome.PASSED }));
  await engines().reportStep({ ...step, state: S.TESTING, suites, idempotencyKey: idempotencyKey() });
  await services.pass(2 * MINUTE_MS);
  return upgradeId;
}

/** Fifty clients of a version come and go. */
async function play(engineVersion: string, faults: number): Promise<void> {
  for (let at = 0; at < 50; at++) {
    const who = {
      sessionId: `${engineVersion}/${at}`,
      playerId: `player:${at}`,
      engine: "unreal",
      engineVersion,
    };
    await services.tell(PLATFORM, "router", ClientConnected, who);
    await services.tell(PLATFORM, "router", ClientDisconnected, {
      ...who,
      fault: at < faults,
      durationMs: 0,
    });
  }
  await services.pass(5_000);
}

const current = async () =>
  (await engines().getSubject({ subjectId: "unreal-engine" })).subject?.current?.text;
const defaultVersion = async () => {
  const { engines: all } = await features().listEngines({});
  return all.find(({ engineId }) => engineId === "unreal-engine")?.defaultVersion;
};

it("fifty clients that do as well as those before bring a version and its approved features into the catalogue", async () => {
  const id = await toCanary();
  expect(await defaultVersion()).toBe("5.6.1");
  await play("5.6.1-44394996+++UE5+Release-5.6", 5);
  await play("5.8.0-58210709+++UE5+Release-5.8", 6);
  const { upgrade } = await engines().getUpgrade({ upgradeId: id });
  expect(upgrade?.state).toBe(S.PROMOTED);
  expect([await current(), await defaultVersion()]).toEqual(["5.8.0", "5.8.0"]);
  const diff = await features().diff({ engineId: "unreal-engine", from: "5.7.0", to: "5.8.0" });
  expect(diff.enhanced.map(({ key }) => key)).toEqual(["megalights"]);
  // What nobody approved is nowhere.
  expect(diff.deprecated).toEqual([]);
  const said = services.said(UpgradeAdvanced).at(-1);
  expect(said?.features).toMatchObject([
    { featureKey: "megalights", change: FeatureChange.ENHANCED, since: "5.8.0" },
  ]);
  // What the registry says of it comes back, and marks the draft.
  const { drafts } = await engines().listDrafts({ subjectId: "unreal-engine", version: "5.8.0" });
  expect(drafts.map(({ featureKey, known }) => `${featureKey} ${known}`)).toEqual([
    "megalights true",
    "control_rig false",
  ]);
  expect(services.said(VersionDetected).map(({ version }) => version?.text)).toEqual(["5.7.0", "5.8.0"]);
});

it("clients that drop twice as often bring the old version back, with the ratio as the reason, and change nothing", async () => {
  const id = await toCanary();
  await play("5.6.1", 5);
  await play("5.8.0", 10);
  await engines().reportStep({
    upgradeId: id,
    state: S.ROLLED_BACK,
    ok: true,
    idempotencyKey: idempotencyKey(),
  });
  await services.pass();
  const last = services.said(UpgradeAdvanced).at(-1);
  expect(last).toMatchObject({ state: S.ROLLED_BACK, features: [] });
  expect(last?.reason).toMatch(/a ratio of 2\.00, at most 1\.5 is allowed/);
  expect([await current(), await defaultVersion()]).toEqual(["5.6.1", "5.6.1"]);
});
