// `orrery bus tail --type 'weather.*'` on a running Orrery, as an operator types it: how soon, and resumed by position.
//   node bench/journal/cli-tail.ts [--json]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { JournalService, Order } from "@orrery/schema/bus/v1";
import { startOrrery } from "../kill9/orrery.ts";

const MAIN = fileURLToPath(new URL("../../apps/cli/main.ts", import.meta.url));
const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const TYPES = ["weather.*"];
const EACH = 10;
const RUNS = 3;
const TIMEOUT_MS = 10_000;

interface Line {
  readonly ordinal: number;
  readonly timeMs: number;
  /** When the line came, Unix ms. */
  readonly heardMs: number;
}

const data = mkdtempSync(join(process.cwd(), ".bench-journal-"));

/** Listens until it has heard enough, then stops the program as Ctrl-C does. */
async function tail(url: string, after: number | undefined): Promise<Line[]> {
  const lines: Line[] = [];
  const from = after === undefined ? [] : ["--after", String(after)];
  const args = [MAIN, "bus", "tail", "--type", ...TYPES, "--json", "--url", url, "--data", data, ...from];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: TIMEOUT_MS,
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk;
    const whole = text.split("\n");
    text = whole.pop() ?? "";
    for (const line of whole) {
      if (lines.length < EACH) lines.push({ ...JSON.parse(line), heardMs: Date.now() });
    }
    if (lines.length >= EACH) child.kill("SIGINT");
  });
  await once(child, "exit");
  return lines;
}

try {
  const orrery = await startOrrery(data, undefined);
  try {
    const heard: Line[] = [];
    // Only the first run hears nothing old; the others begin with what came while nobody listened.
    let fresh: Line[] = [];
    for (let run = 0; run < RUNS; run++) {
      const lines = await tail(orrery.url, heard.at(-1)?.ordinal);
      if (run === 0) fresh = lines;
      heard.push(...lines);
    }
    const [first, last] = [heard[0]?.ordinal ?? 0, heard.at(-1)?.ordinal ?? 0];
    const journal = orrery.edge.client(JournalService);
    const there: number[] = [];
    for (let pageToken = ""; ; ) {
      const page = await journal.query({
        worldId: orrery.edge.world,
        filter: { types: TYPES },
        order: Order.ARRIVAL,
        pageSize: 1_000,
        pageToken,
      });
      there.push(...page.events.map(({ ordinal }) => ordinal).filter((one) => one >= first && one <= last));
      pageToken = page.nextPageToken;
      if (pageToken === "") break;
    }
    const ordinals = heard.map(({ ordinal }) => ordinal);
    const report = {
      heard: heard.length,
      missing: there.filter((one) => !ordinals.includes(one)).length,
      repeated: ordinals.length - new Set(ordinals).size,
      latestMs: Math.max(...fresh.map(({ timeMs, heardMs }) => heardMs - timeMs)),
    };
    console.log(values.json ? JSON.stringify(report) : report);
    const well = report.heard === RUNS * EACH && report.missing + report.repeated === 0;
    process.exitCode = well && report.latestMs < 1_000 ? 0 : 1;
  } finally {
    await orrery.kill();
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}
