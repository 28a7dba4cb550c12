// Upgrades whose service is killed with SIGKILL around the moment in which a job is begun: at the runner each job is there
// once, and each state is told once.
//   node bench/engine/kill9.ts [--rounds 5] [--json]
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { seededNumbers } from "@orrery/bus";
import { UpgradeState as S } from "@orrery/schema/engine/v1";
import { systemClock } from "@orrery/service";
import { until } from "./start.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, json: { type: "boolean", default: false } },
});
const ROUNDS = Number(values.rounds);
const uniform = seededNumbers(11);
const folder = mkdtempSync(join(tmpdir(), "orrery-bench-engine-"));
/** By job, how often it was begun. */
const jobs = new Map<string, number>();
const runner = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    if (request.method !== "POST") {
      const ref = decodeURIComponent((request.url ?? "").split("/").at(-1) ?? "");
      return response.writeHead(jobs.has(ref) ? 200 : 404).end();
    }
    const { jobRef } = JSON.parse(Buffer.concat(pieces).toString()) as { jobRef: string };
    jobs.set(jobRef, (jobs.get(jobRef) ?? 0) + 1);
    setTimeout(() => response.writeHead(202).end(), 20);
  });
});
await new Promise<void>((resolve) => runner.listen(0, "127.0.0.1", resolve));
const enginesFile = join(folder, "engines.yaml");
const sources = [{ id: "file", kind: "file", url: "versions.yaml" }];
writeFileSync(
  enginesFile,
  JSON.stringify([{ id: "engine", title: "Engine", kind: "engine", runner: "http", sources }]),
);
writeFileSync(join(folder, "versions.yaml"), JSON.stringify([{ tag: "5.7.0" }]));
const settings = JSON.stringify({
  UE_VERSION_MONITOR_ENGINES_FILE: enginesFile,
  UE_VERSION_MONITOR_JOBS_URL: `http://127.0.0.1:${(runner.address() as AddressInfo).port}/jobs`,
  UE_VERSION_MONITOR_JOBS_SECRET: "bench",
});

interface Answered {
  readonly id: number;
  readonly answer?: { readonly upgrade?: { readonly upgradeId: string; readonly state: S } };
  readonly said?: string;
}
let child: ChildProcess | undefined;
let ids = 0;
const start = async () => {
  const own = fork(new URL("./killed.ts", import.meta.url).pathname, [folder, settings], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  child = own;
  await new Promise<void>((resolve) => own.once("message", () => resolve()));
};
/** Undefined: it was killed before it answered, or refused. */
const call = (method: string, request: object) =>
  new Promise<Answered["answer"]>((resolve) => {
    const id = ++ids;
    const own = child;
    if (own === undefined) return resolve(undefined);
    const hear = (said: Answered) => {
      if (said.id !== id) return;
      own.off("message", hear);
      resolve(said.answer);
    };
    own.on("message", hear);
    own.once("exit", () => resolve(undefined));
    own.send({ id, method, request }, () => {});
  });
const kill = async () => {
  const gone = new Promise((resolve) => child?.once("exit", resolve));
  child?.kill("SIGKILL");
  await gone;
};

const ends = { building: 0, failed: 0 };
try {
  await start();
  for (let round = 1; round <= ROUNDS; round++) {
    const key = (what: string) => ({ idempotencyKey: `bench-${what}-${round}` });
    let upgradeId = "";
    await until(async () => {
      const answer = await call("proposeUpgrade", {
        subjectId: "engine",
        to: "5.7.0",
        reason: "",
        ...key("propose"),
      });
      upgradeId = answer?.upgrade?.upgradeId ?? "";
      return upgradeId !== "";
    });
    const approving = call("approve", { upgradeId, ...key("approve") });
    await systemClock.sleep(uniform() * 80);
    await kill();
    await approving;
    await start();
    await until(async () => (await call("approve", { upgradeId, ...key("approve") })) !== undefined);
    let state: S | undefined;
    await until(async () => {
      state = (await call("getUpgrade", { upgradeId }))?.upgrade?.state;
      return state === S.BUILDING || state === S.FAILED;
    });
    const isBegun = (state as S | undefined) === S.BUILDING;
    if (isBegun) ends.building += 1;
    else ends.failed += 1;
    if (isBegun) {
      await kill();
      await start();
      await systemClock.sleep(1_200);
      await until(
        async () => (await call("cancel", { upgradeId, reason: "next", ...key("cancel") })) !== undefined,
      );
    }
  }
  await kill();
  const told = new Map(
    readFileSync(join(folder, "journal"), "utf8")
      .trim()
      .split("\n")
      .map((line) => {
        const [name, ...what] = JSON.parse(line) as [string, ...unknown[]];
        return [name, JSON.stringify(what)] as const;
      }),
  );
  const states = [...told.values()];
  const figures = {
    rounds: ROUNDS,
    ...ends,
    jobs: jobs.size,
    begunTwice: [...jobs.values()].filter((count) => count > 1).length,
    told: states.length,
    toldTwice: states.length - new Set(states).size,
    // Proposed, approved, building, cancelled; or proposed, approved, failed.
    lost: 4 * ends.building + 3 * ends.failed - new Set(states).size,
  };
  if (values.json) console.log(JSON.stringify(figures));
  else for (const [name, value] of Object.entries(figures)) console.log(name.padEnd(12), value);
} finally {
  child?.kill("SIGKILL");
  runner.closeAllConnections();
  runner.close();
  rmSync(folder, { recursive: true, force: true });
}
