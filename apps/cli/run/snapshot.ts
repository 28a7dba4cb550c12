import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FleetService, LagState } from "@orrery/schema/bus/v1";
import { EdgeService } from "@orrery/schema/router/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { OrreryError } from "@orrery/wire";
import type { Edge } from "../edge.ts";
import { cliErrors } from "../errors.ts";
import { codeVersion } from "./code-version.ts";

/*
 * A snapshot is a cut through the whole of Orrery: every clock is held, every subscription has handled all there
 * is, and then the files are copied, the readers' cursors first: should anything be said meanwhile, a copy reads
 * it again and knows it, instead of passing it over.
 */
export interface Manifest {
  readonly format: 1;
  readonly codeVersion: string;
  /** Unix ms. */
  readonly takenMs: number;
  readonly worlds: readonly { readonly id: string; readonly atGs: number }[];
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

/** Name of the hold that a snapshot takes; a restored world is still held by it. */
export const SNAPSHOT_HOLD = "snapshot";
const MANIFEST = "manifest.json";
const CUT_MS = 10_000;
const LOOK_MS = 100;
/** Locks of a running process, and keys that belong to one place. */
const LEFT_OUT =
  /(^|\/)(lock\.db|owner|owner\.lock|admin-secret|issuer\.pem|deployment\.json|broker\.json|.*-(wal|shm|journal))$/;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Copies a running Orrery into a new folder.
 * @param data the data folder of that Orrery, on this machine
 * @param cutMs how long the world may take to come to rest
 * @throws CLI_EXISTS, CLI_SNAPSHOT_LATE with who was late, CLI_SNAPSHOT_DATABASE
 */
export async function takeSnapshot(
  edge: Edge,
  data: string,
  folder: string,
  cutMs = CUT_MS,
): Promise<Manifest> {
  if (existsSync(folder)) throw new OrreryError(cliErrors.CLI_EXISTS, { given: folder });
  if (!existsSync(join(data, "event-bus", "store.db")))
    throw new OrreryError(cliErrors.CLI_SNAPSHOT_DATABASE, { given: data });
  const ids = (await edge.client(EdgeService).listWorlds({})).worlds.map(({ worldId }) => worldId);
  const time = edge.client(TimeService);
  const key = () => crypto.randomUUID();
  const note = "a snapshot is taken";
  const held: string[] = [];
  try {
    for (const worldId of ids) {
      await time.hold({ worldId, name: SNAPSHOT_HOLD, note, idempotencyKey: key() });
      held.push(worldId);
    }
    await stillness(edge, cutMs);
    const worlds = [];
    for (const id of ids) {
      const { now } = await time.getClock({ worldId: id });
      worlds.push({ id, atGs: now?.atGs ?? 0 });
    }
    const files = copyAll(data, folder);
    const manifest = { format: 1, codeVersion: codeVersion(), takenMs: Date.now(), worlds, files } as const;
    writeFileSync(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    return manifest;
  } finally {
    for (const worldId of held) await time.release({ worldId, name: SNAPSHOT_HOLD, idempotencyKey: key() });
  }
}

/** Waits until nobody has anything left to handle, twice in a row. */
async function stillness(edge: Edge, cutMs: number): Promise<void> {
  const untilMs = performance.now() + cutMs;
  for (let still = 0; still < 2; await wait(LOOK_MS)) {
    const { lags } = await edge.client(FleetService).lag({ fresh: true });
    const late = lags.filter(({ events, state }) => events > 0 || state === LagState.UNKNOWN);
    still = late.length === 0 ? still + 1 : 0;
    if (performance.now() > untilMs) {
      const given = late.map(({ subscription, events }) => `${subscription}: ${events} events`).join(", ");
      throw new OrreryError(cliErrors.CLI_SNAPSHOT_LATE, { given });
    }
  }
}

function copyAll(data: string, folder: string): Manifest["files"] {
  const paths = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(data, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !LEFT_OUT.test(path));
  const turn = (path: string) => (path === "bus/groups.db" ? 0 : path.endsWith(".db") ? 1 : 2);
  paths.sort((a, b) => turn(a) - turn(b) || (a < b ? -1 : 1));
  return paths.map((path) => {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    if (path.endsWith(".db")) copyDatabase(join(data, path), target);
    else copyFileSync(join(data, path), target);
    return { path, ...describeFile(target) };
  });
}

/** One transaction's view of a database that others have open. */
function copyDatabase(from: string, to: string): void {
  const db = new DatabaseSync(from, { readOnly: true, timeout: 5_000 });
  try {
    db.prepare("VACUUM INTO ?").run(to);
  } finally {
    db.close();
  }
}

function describeFile(path: string): { readonly bytes: number; readonly sha256: string } {
  return {
    bytes: statSync(path).size,
    sha256: createHash("sha256").update(readFileSync(path)).digest("hex"),
  };
}

/**
 * Makes a data folder from a snapshot, after holding every file against the manifest.
 * @throws CLI_EXISTS, CLI_SNAPSHOT_BROKEN; nothing is written then
 */
export function restoreSnapshot(folder: string, data: string): Manifest {
  if (existsSync(data) && readdirSync(data).length > 0)
    throw new OrreryError(cliErrors.CLI_EXISTS, { given: data });
  const manifest = readManifest(folder);
  for (const { path, bytes, sha256 } of manifest.files) {
    const source = join(folder, path);
    const found = existsSync(source) ? describeFile(source) : undefined;
    if (found?.bytes !== bytes || found.sha256 !== sha256) {
      const given = `${path} ${found === undefined ? "is not there" : "is not what was written"}`;
      throw new OrreryError(cliErrors.CLI_SNAPSHOT_BROKEN, { given });
    }
  }
  for (const { path } of manifest.files) {
    mkdirSync(dirname(join(data, path)), { recursive: true });
    copyFileSync(join(folder, path), join(data, path));
  }
  // The world it was made of may go on: this one must not speak to the outside in its name.
  mkdirSync(join(data, "event-bus"), { recursive: true });
  writeFileSync(join(data, "event-bus", "restored"), "");
  return manifest;
}

function readManifest(folder: string): Manifest {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), "utf8")) as Manifest;
    if (manifest.format === 1) return manifest;
    throw new Error(`format ${manifest.format}`);
  } catch (cause) {
    const given = `${join(folder, MANIFEST)}: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new OrreryError(cliErrors.CLI_SNAPSHOT_BROKEN, { given, cause });
  }
}
