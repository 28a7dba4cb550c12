// Lives a game day in a running world and handles it again: node bench/replay/main.ts [--plant] [--days 1]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { randomUUID } from "node:crypto";
import { TimeService } from "@orrery/schema/time/v1";
import { startOrrery } from "../kill9/orrery.ts";

const { values } = parseArgs({
  options: { plant: { type: "boolean", default: false }, days: { type: "string", default: "1" } },
});
const data = mkdtempSync(join(tmpdir(), "orrery-replay-"));
const MAIN = join(import.meta.dirname, "../../apps/cli/main.ts");
const DAY_GS = 86_400;

try {
  const orrery = await startOrrery(data, undefined);
  const { world, client } = orrery.edge;
  const time = client(TimeService);
  const from = (await time.getClock({ worldId: world })).now?.atGs ?? 0;
  await time.skipTo({
    worldId: world,
    idempotencyKey: randomUUID(),
    target: { case: "toGs", value: from + Number(values.days) * DAY_GS },
  });
  while ((await time.getSkip({ worldId: world })).running)
    await new Promise((resolve) => setTimeout(resolve, 100));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const plant = values.plant ? ["--import", join(import.meta.dirname, "plant.ts")] : [];
  const child = spawn(
    process.execPath,
    [...plant, MAIN, "world", "replay", "--url", orrery.url, "--data", data, "--json"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  const code = await new Promise<number>((resolve) => child.on("exit", (given) => resolve(given ?? 1)));
  await orrery.kill();
  const rows = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { service: string; verdict: string; events: number; detail: string });
  const failed = rows.find(({ verdict }) => verdict === "FAIL");
  if (values.plant) {
    console.log(
      failed === undefined
        ? `not caught: ${rows.map(({ service, verdict }) => `${service} ${verdict}`).join(", ")}`
        : `${failed.service}: ${failed.detail.slice(0, 200)}`,
    );
    process.exitCode = failed !== undefined && code === 1 && /field \w+/.test(failed.detail) ? 0 : 1;
  } else {
    console.log(
      rows.map(({ service, verdict, events }) => `${service} ${verdict}, ${events} events`).join("; "),
    );
    process.exitCode = code;
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}
