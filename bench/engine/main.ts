// What ue-version-monitor costs: 500 sources each 300 s for ten minutes that go by 30 times as fast, pushes until they are
// said, 2,000 tags and 200 KB of notes.
//   node bench/engine/main.ts [--sources 500] [--minutes 10] [--speed 30] [--json]
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { VersionDetected } from "@orrery/schema/engine/v1";
import { systemClock } from "@orrery/service";
import { openFrame } from "@orrery/wire";
import { sortEntries } from "@orrery/ue-version-monitor/sort";
import { startMonitor, until } from "./start.ts";

const { values } = parseArgs({
  options: {
    sources: { type: "string", default: "500" },
    minutes: { type: "string", default: "10" },
    speed: { type: "string", default: "30" },
    json: { type: "boolean", default: false },
  },
});
const [SOURCES, MINUTES, SPEED] = [values.sources, values.minutes, values.speed].map(Number) as [
  number,
  number,
  number,
];
const HOSTS = 20;
const PUSHES = 150;
/** Of an entry besides its tag. */
const NOTHING_MORE = {
  commit: "",
  releasedMs: 0,
  notesUrl: "",
  notes: "",
  prerelease: false,
  security: false,
  withdrawn: false,
};
const folder = mkdtempSync(join(tmpdir(), "orrery-bench-engine-"));
const percentile = (all: number[], share: number) =>
  all.sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0;
const memoryMb = () => {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_048_576;
};
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const once = <T>(child: ChildProcess) =>
  new Promise<T>((resolve) => child.once("message", (said) => resolve(said as T)));

const hosts = fork(new URL("./hosts.ts", import.meta.url).pathname, [String(HOSTS)]);
const ports = await once<number[]>(hosts);
const pushedAt = new Map<string, number>();
const took: number[] = [];
let said = 0;
const heard = (frames: readonly Uint8Array[]) => {
  for (const bytes of frames)
    for (const event of openFrame(bytes).events()) {
      if (event.type !== VersionDetected.typeName) continue;
      said += 1;
      const { tag } = VersionDetected.decode(event.payload);
      const at = pushedAt.get(tag);
      if (at !== undefined) took.push(performance.now() - at);
    }
};

/** One subject a source. */
const subject = (at: number) => ({
  id: `engine-${at}`,
  title: `Engine ${at}`,
  kind: "library",
  sources: [
    {
      id: `tags-${at}`,
      kind: "github-tags",
      interval_s: 300,
      url: `http://127.0.0.1:${ports[at % HOSTS]}/${at}`,
    },
    ...(at === 0 ? [{ id: "pushed", kind: "push" }] : []),
  ],
});
const enginesFile = join(folder, "engines.yaml");
writeFileSync(enginesFile, JSON.stringify(Array.from({ length: SOURCES }, (_, at) => subject(at))));
const env = { UE_VERSION_MONITOR_ENGINES_FILE: enginesFile, UE_VERSION_MONITOR_LIVE: "on" };

try {
  const before = memoryMb();
  const monitor = await startMonitor(folder, env, heard, SPEED);
  await until(async () => {
    const { subjects } = await monitor.admin.listSubjects({ pageSize: 500 });
    if (subjects.every(({ lastOkMs }) => lastOkMs > 0)) return true;
    await systemClock.sleep(200);
    return false;
  });
  const counts = async () => {
    hosts.send("count");
    return once<{ asked: number; unchanged: number; most: number }>(hosts);
  };
  const first = await counts();
  const [cpuBefore, atMs] = [cpuMs(), systemClock.now()];
  await systemClock.sleep((MINUTES * 60_000) / SPEED);
  const passedMs = (systemClock.now() - atMs) * SPEED;
  const cpuShare = (cpuMs() - cpuBefore) / passedMs;
  const { asked, unchanged, most } = await counts();
  const memory = memoryMb() - before;

  for (let at = 0; at < PUSHES; at++) {
    const tag = `6.${at}.0`;
    pushedAt.set(tag, performance.now());
    await monitor.service.push({ subjectId: "engine-0", tag, idempotencyKey: `bench-push-${at}` });
    await systemClock.sleep(3);
  }
  await until(() => took.length === PUSHES);
  await monitor.host.stop();

  // By a file: what there is besides the network.
  const lines = Array.from(
    { length: 4_000 },
    (_, at) => `- Improves Nanite foliage by ${at}, in many ways and more`,
  );
  const notes = lines.join("\n").slice(0, 200_000);
  const tagsFile = join(folder, "tags.yaml");
  const alone = { id: "alone", title: "Alone", kind: "engine", features: { nanite: ["nanite"] } };
  const listed = {
    ...alone,
    sources: [
      { id: "file", kind: "file", url: "tags.yaml" },
      { id: "push", kind: "push" },
    ],
  };
  writeFileSync(enginesFile, JSON.stringify([listed]));
  const tags = Array.from({ length: 2_000 }, (_, at) => ({ tag: `5.${at}.0-preview-1` }));
  writeFileSync(tagsFile, JSON.stringify(tags));
  const fileFolder = mkdtempSync(join(folder, "file-"));
  const second = await startMonitor(fileFolder, env, heard);
  await until(async () => (await second.admin.getSubject({ subjectId: "alone" })).subject?.lastOkMs !== 0);
  const entries = tags.map(({ tag }) => ({ ...NOTHING_MORE, tag }));
  const patterns = [{ pattern: "^(?<major>\\d+)\\.(?<minor>\\d+)\\.(?<patch>\\d+)-(?<pre>preview-\\d+)$" }];
  const began = performance.now();
  const { versions } = sortEntries({ tags: patterns }, entries);
  const tagsMs = performance.now() - began;
  if (versions.size !== tags.length)
    throw new Error(`${versions.size} of ${tags.length} tags were understood`);
  const pushing = performance.now();
  await second.service.push({ subjectId: "alone", tag: "9.0.0", notes, idempotencyKey: "bench-notes-1" });
  const notesMs = performance.now() - pushing;
  await second.host.stop();

  const figures = {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`,
    sources: SOURCES,
    minutes: Math.round(passedMs / 60_000),
    asked: asked - first.asked,
    unchanged: unchanged - first.unchanged,
    said,
    mostAtOnce: most,
    cpuShare,
    memoryMb: memory,
    pushP99Ms: percentile(took, 0.99),
    tags: tags.length,
    tagsMs,
    notesBytes: notes.length,
    notesMs,
  };
  if (values.json) console.log(JSON.stringify(figures));
  else for (const [name, value] of Object.entries(figures)) console.log(name.padEnd(12), value);
} finally {
  hosts.disconnect();
  rmSync(folder, { recursive: true, force: true });
}
