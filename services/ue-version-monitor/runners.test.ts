import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineService, UpgradeAdvanced, UpgradeState as S } from "@orrery/schema/engine/v1";
import type { KitTables } from "@orrery/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { problemOf } from "./hooks/signature.ts";
import { keeper } from "./keep/keeper.ts";
import type { Job } from "./runners/runner.ts";
import { fresh, listing, startEngine, TAGS, type TestEngine, watching } from "./testing/engine.ts";
import { startServer, type TestServer } from "./testing/server.ts";
import { stateName } from "./upgrades/machine.ts";

const HOUR_MS = 3_600_000;
/** For so long another process holds the lease. */
const HELD_MS = 10_000;
const SECRET = "jobs-secret";
let folder: string;
let engine: TestEngine;

/** Something that builds: it takes jobs and works them through as far as it is told to. */
interface Builder {
  readonly runner: "http" | "command";
  readonly env: Readonly<Record<string, string>>;
  /** Jobs that were begun, by kind and name. */
  begun(): readonly string[];
  /** How far it goes: nothing reported, a job not taken, up to a canary and back, or to a canary that it cannot bring back. */
  willDo(what: "nothing" | "fail" | "canary" | "stuck"): void;
  /** Of what was begun before now it knows nothing any more. */
  forget(): void;
  close(): Promise<void>;
}

const REPORTS = [
  { state: "UPGRADE_STATE_BUILDING", ok: true, artefacts: [{ name: "server", sha256: "b".repeat(64) }] },
  { state: "UPGRADE_STATE_TESTING", ok: true, suites: [{ name: "smoke", outcome: "SUITE_OUTCOME_PASSED" }] },
];
const BACK = [{ state: "UPGRADE_STATE_ROLLED_BACK", ok: true }];
const STUCK = [{ state: "UPGRADE_STATE_ROLLED_BACK", ok: false, reason: "the old build is not found" }];

async function httpBuilder(): Promise<Builder> {
  const server: TestServer = await startServer();
  let [does, from] = ["nothing", 0];
  const jobs = () =>
    server.asked
      .filter(({ method }) => method === "POST")
      .map(({ body }) => JSON.parse(body) as Job & { readonly kind: string });
  async function work({ kind, upgradeId, token, jobRef }: Job & { readonly kind: string }): Promise<void> {
    const ci = engine.client(EngineService, { role: "anyone", id: "" });
    const back = does === "stuck" ? STUCK : BACK;
    const reports = kind === "rollback" ? back : REPORTS;
    for (const [at, { state, ...rest }] of reports.entries()) {
      // The answer to the job goes first.
      await engine.until(async () => {
        const { upgrade } = await engine.ada.getUpgrade({ upgradeId });
        return (
          `UPGRADE_STATE_${stateName(upgrade?.state ?? 0).toUpperCase()}` === state || kind === "rollback"
        );
      });
      const named = { ...rest, state: S[state.replace("UPGRADE_STATE_", "") as keyof typeof S] };
      const suites = "suites" in rest ? [{ name: "smoke", outcome: 1 as const }] : [];
      const idempotencyKey = `ci-${jobRef}-${kind}-${jobs().length}-${at}`.slice(-64);
      await ci.reportStep({ ...named, suites, upgradeId, jobToken: token, idempotencyKey });
    }
  }
  server.answer(({ method, path, headers, body }) => {
    const named = new Map(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const problem = problemOf(named, Buffer.from(body), SECRET, engine.kit.hostMs());
    if (problem !== undefined) return { status: 403, body: problem };
    if (method === "GET") {
      const isKnown = jobs()
        .slice(from)
        .some(({ jobRef }) => path === `/jobs/${encodeURIComponent(jobRef)}`);
      return { status: isKnown ? 200 : 404 };
    }
    if (method !== "POST") return { status: 204 };
    if (does === "fail") return { status: 500 };
    if (does === "canary" || does === "stuck") void work(JSON.parse(body));
    return { status: 202 };
  });
  return {
    runner: "http",
    env: { UE_VERSION_MONITOR_JOBS_URL: `${server.url}/jobs`, UE_VERSION_MONITOR_JOBS_SECRET: SECRET },
    begun: () => jobs().map(({ kind, jobRef }) => `${kind} ${jobRef}`),
    willDo: (what) => (does = what),
    forget: () => (from = jobs().length),
    close: () => server.close(),
  };
}

async function commandBuilder(): Promise<Builder> {
  const [log, plan, program, pid] = ["log", "plan", "build.mjs", "pid"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  writeFileSync(
    program,
    `import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
const job = JSON.parse(process.env.ORRERY_JOB);
writeFileSync(${JSON.stringify(pid)}, String(process.pid));
appendFileSync(${JSON.stringify(log)}, job.kind + " " + job.jobRef + "\\n");
const does = readFileSync(${JSON.stringify(plan)}, "utf8");
if (Object.keys(process.env).some((name) => name.startsWith("UE_"))) process.exit(9);
const say = (reports) => reports.forEach((one) => console.log(JSON.stringify(one)));
// The answer to the job goes first.
setTimeout(() => {
  const back = does === "stuck" ? ${JSON.stringify(STUCK)} : ${JSON.stringify(BACK)};
  if (does === "canary" || does === "stuck") say(job.kind === "rollback" ? back : ${JSON.stringify(REPORTS)});
  if (does === "nothing") setInterval(() => {}, 1000);
}, 300);
`,
  );
  const list = join(folder, "allowed.yaml");
  const willDo = (what: string) => {
    writeFileSync(plan, what);
    const argv = what === "fail" ? [join(folder, "not-there")] : [process.execPath, program];
    writeFileSync(list, JSON.stringify({ "unreal-engine": argv }));
  };
  willDo("nothing");
  return {
    runner: "command",
    env: { UE_VERSION_MONITOR_COMMAND_RUNNER: "allow", UE_VERSION_MONITOR_COMMAND_LIST: list },
    begun: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []),
    willDo,
    forget() {},
    async close() {},
  };
}

describe.each([
  ["http", httpBuilder],
  ["command", commandBuilder],
] as const)("the runner %s", (runner, build) => {
  let builder: Builder;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "orrery-runner-"));
    builder = await build();
  });
  afterEach(async () => {
    await engine?.stop();
    await builder.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const begin = async (does: Parameters<Builder["willDo"]>[0]) => {
    builder.willDo(does);
    const sources = [{ id: "file", kind: "file", url: "feed.yaml" }];
    const subject = { id: "unreal-engine", title: "Unreal Engine", kind: "engine", current: "5.6.1" };
    const file = watching(folder, [{ ...subject, runner, suites: ["smoke"], tags: TAGS, sources }]);
    listing(folder, "feed.yaml", [{ tag: "5.7.0-release" }]);
    engine = await startEngine(join(folder, "engine.db"), { ...file, ...builder.env }, fresh());
    await engine.look();
  };
  const approved = async () => {
    const asked = { subjectId: "unreal-engine", to: "5.7.0", reason: "", idempotencyKey: engine.key() };
    const { upgrade } = await engine.ada.proposeUpgrade(asked);
    const upgradeId = upgrade?.upgradeId ?? "";
    await engine.look();
    expect(builder.begun()).toEqual([]);
    await engine.ada.approve({ upgradeId, idempotencyKey: engine.key() });
    return upgradeId;
  };
  const reaches = async (upgradeId: string, state: S) =>
    engine.until(async () => {
      await engine.look();
      return (await engine.ada.getUpgrade({ upgradeId })).upgrade?.state === state;
    });
  const states = () => engine.events(UpgradeAdvanced).map(({ state }) => stateName(state));

  it("begins nothing without approvals, then works a job through, and back when a canary is called off", async () => {
    await begin("canary");
    const id = await approved();
    await reaches(id, S.CANARY);
    await engine.ada.cancel({ upgradeId: id, reason: "enough", idempotencyKey: engine.key() });
    await reaches(id, S.ROLLED_BACK);
    expect(states()).toEqual(["proposed", "approved", "building", "testing", "canary", "rolled_back"]);
    expect(builder.begun()).toEqual([`upgrade ${id}-1`, `rollback ${id}-1`]);
    expect(engine.events(UpgradeAdvanced).at(-1)?.reason).toBe("cancelled by admin:ada: enough");
  });

  it("asks again for a way back that failed", async () => {
    await begin("stuck");
    const id = await approved();
    await reaches(id, S.CANARY);
    const { upgrade } = await engine.ada.cancel({
      upgradeId: id,
      reason: "enough",
      idempotencyKey: engine.key(),
    });
    const backs = () => builder.begun().filter((one) => one === `rollback ${id}-1`).length;
    await engine.until(async () => {
      await engine.look();
      const now = (await engine.ada.getUpgrade({ upgradeId: id })).upgrade;
      return backs() === 1 && (now?.changedMs ?? 0) > (upgrade?.changedMs ?? 0);
    });
    for (let looks = 0; looks < 3; looks++) await engine.look();
    expect(backs()).toBe(1);
    builder.willDo("canary");
    // A program that has told of its failure may take a moment to end.
    await engine.until(async () => {
      engine.later(61_000);
      await engine.look();
      return backs() === 2;
    });
    await reaches(id, S.ROLLED_BACK);
    expect(backs()).toBe(2);
  });

  it("fails where the job is not taken, with the reason, and begins another one when it is tried again", async () => {
    await begin("fail");
    const id = await approved();
    await reaches(id, S.FAILED);
    expect(engine.events(UpgradeAdvanced).at(-1)?.reason).toMatch(/ENGINE_RUNNER_REJECTED/);
    builder.willDo("nothing");
    if (runner === "command") engine = await engine.restart();
    await engine.ada.retry({ upgradeId: id, idempotencyKey: engine.key() });
    await reaches(id, S.BUILDING);
    await engine.until(() => builder.begun().includes(`upgrade ${id}-2`));
  });

  it("never begins a job twice: after a start it is asked for, and one that nobody knows has failed", async () => {
    await begin("nothing");
    const id = await approved();
    await reaches(id, S.BUILDING);
    await engine.until(() => builder.begun().length === 1);
    builder.forget();
    engine = await engine.restart();
    await reaches(id, S.FAILED);
    for (let looks = 0; looks < 3; looks++) await engine.look();
    expect(builder.begun()).toHaveLength(1);
    expect(states()).toEqual(["proposed", "approved", "building", "failed"]);
  });

  it.runIf(runner === "command")("ends what it runs where another process leads", async () => {
    await begin("nothing");
    const id = await approved();
    await reaches(id, S.BUILDING);
    const isRunning = () => {
      try {
        return process.kill(Number(readFileSync(join(folder, "pid"), "utf8")), 0);
      } catch {
        return false;
      }
    };
    await engine.until(isRunning);
    await engine.kit.store
      .as<KitTables>()
      .updateTable("lease")
      .set({ owner: "another", until_ms: engine.kit.clock.now() + HELD_MS })
      .where("name", "=", "ue-version-monitor/keeper")
      .execute();
    await engine.until(async () => {
      await engine.look();
      return !isRunning();
    });
    expect(engine.kit.part(keeper).term).toBe(0);
  });

  it("ends a job that takes too long", async () => {
    await begin("nothing");
    const id = await approved();
    await reaches(id, S.BUILDING);
    engine.later(2 * HOUR_MS + 60_000);
    await reaches(id, S.FAILED);
    expect(engine.events(UpgradeAdvanced).at(-1)?.reason).toMatch(/building took longer than it may/);
  });
});

it("a job that its runner still knows after a start goes on", async () => {
  folder = mkdtempSync(join(tmpdir(), "orrery-runner-"));
  const builder = await httpBuilder();
  const sources = [{ id: "file", kind: "file", url: "feed.yaml" }];
  const subject = {
    id: "unreal-engine",
    title: "Unreal Engine",
    kind: "engine",
    current: "5.6.1",
    tags: TAGS,
  };
  const file = watching(folder, [{ ...subject, runner: "http", sources }]);
  listing(folder, "feed.yaml", [{ tag: "5.7.0-release" }]);
  engine = await startEngine(join(folder, "engine.db"), { ...file, ...builder.env }, fresh());
  await engine.look();
  const asked = { subjectId: "unreal-engine", to: "5.7.0", reason: "", idempotencyKey: engine.key() };
  const upgradeId = (await engine.ada.proposeUpgrade(asked)).upgrade?.upgradeId ?? "";
  await engine.ada.approve({ upgradeId, idempotencyKey: engine.key() });
  const state = async () => (await engine.ada.getUpgrade({ upgradeId })).upgrade?.state;
  await engine.until(async () => (await state()) === S.BUILDING);
  engine = await engine.restart();
  for (let looks = 0; looks < 3; looks++) await engine.look();
  expect(await state()).toBe(S.BUILDING);
  expect(builder.begun()).toHaveLength(1);
  await engine.stop();
  await builder.close();
  rmSync(folder, { recursive: true, force: true });
});
