// Takes the checkpoints of one service out of a running world's journal and replays it, as an operator would.
//   node bench/event-bus/no-checkpoint.ts [--json]
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { JournalService, StateCheckpoint } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { type RunningOrrery, startOrrery } from "../kill9/orrery.ts";

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const MAIN = join(import.meta.dirname, "../../apps/cli/main.ts");
const ROBBED = "weather-manager";
const SKIP_GS = 4 * 3_600;
/** The journal has what was said a moment after it. */
const SETTLED_MS = 1_500;

interface Row {
  readonly service: string;
  readonly verdict: string;
  readonly detail: string;
}

async function replay(url: string, data: string): Promise<{ readonly code: number; readonly rows: Row[] }> {
  const args = [MAIN, "world", "replay", "--json", "--url", url, "--data", data];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk));
  const [code] = await once(child, "close");
  const rows = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
  return { code: code as number, rows };
}

/** Four hours, then a clock that stands: no later day brings a checkpoint of its own. */
async function live({ edge }: RunningOrrery): Promise<void> {
  const worldId = edge.world;
  const time = edge.client(TimeService);
  const { now } = await time.getClock({ worldId });
  await time.hold({ worldId, idempotencyKey: randomUUID(), name: "bench", note: "" });
  const value = (now?.atGs ?? 0) + SKIP_GS;
  await time.skipTo({ worldId, idempotencyKey: randomUUID(), target: { case: "toGs", value } });
  while ((await time.getSkip({ worldId })).running) await setTimeout(100);
  await setTimeout(SETTLED_MS);
}

/** @returns how many frames were taken out of the index */
async function rob({ edge }: RunningOrrery, data: string): Promise<number> {
  const filter = { types: [StateCheckpoint.typeName] };
  const { events } = await edge
    .client(JournalService)
    .query({ worldId: edge.world, filter, pageSize: 1_000 });
  const ordinals = events
    .filter(({ payload }) => StateCheckpoint.decode(payload).service === ROBBED)
    .map(({ ordinal }) => ordinal);
  const db = new DatabaseSync(join(data, "event-bus", "store.db"));
  const remove = db.prepare(
    "DELETE FROM frame WHERE world = (SELECT id FROM name WHERE text = ?) AND first <= ? AND last >= ?",
  );
  let frames = 0;
  for (const ordinal of ordinals) frames += Number(remove.run(edge.world, ordinal, ordinal).changes);
  db.close();
  return frames;
}

const data = mkdtempSync(join(process.cwd(), ".bench-event-bus-"));
try {
  const orrery = await startOrrery(data, undefined);
  try {
    await live(orrery);
    const before = await replay(orrery.url, data);
    const removed = await rob(orrery, data);
    const after = await replay(orrery.url, data);
    const of = ({ rows }: typeof after) => rows.find(({ service }) => service === ROBBED);
    const report = {
      before: of(before)?.verdict,
      exitBefore: before.code,
      removed,
      after: of(after)?.verdict,
      reason: of(after)?.detail,
      exitAfter: after.code,
      others: after.rows.filter(({ service }) => service !== ROBBED).map(({ verdict }) => verdict),
    };
    console.log(values.json ? JSON.stringify(report) : report);
  } finally {
    await orrery.kill();
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}
