// Code of a living world changes: after a kill, after a clean stop, in a comment alone, and so that it refuses what it took.
// Each start is the real program in a checkout of its own, each edit one of a service's files:
//   node bench/code-change/main.ts [--json]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodeAdopted, IntakeCommitted, JournalService } from "@orrery/schema/bus/v1";
import { WeatherChanged, WeatherService } from "@orrery/schema/weather/v1";
import { paced } from "@orrery/bus-conformance";
import { type RunningOrrery, startOrrery } from "../kill9/orrery.ts";
import { makeCheckout } from "./checkout.ts";

const MEASURES = "services/weather-manager/measures.ts";
/** How strong the wind of an hour is. */
const WIND = "=> air.windKmh,";
const REGION = "region:silverdale";
const HOURS_MS = 5_000;
const LOOK_MS = 100;
const HOUR_GS = 3_600;
const DAY_GS = 24 * HOUR_GS;
/** Hours of a day. */
const AMID = [6, 21] as const;
const PATIENCE_MS = paced(20_000);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const checkout = makeCheckout();
const data = mkdtempSync(join(tmpdir(), "orrery-code-change-"));
const found: Record<string, boolean> = {};
let orrery: RunningOrrery | undefined;

const start = async (...more: string[]) => (orrery = await startOrrery(data, undefined, more, checkout.main));

/** What health says of the worlds of the weather; undefined: they go on. */
async function problem({ url }: RunningOrrery): Promise<string | undefined> {
  const report = (await (await fetch(new URL("/healthz", url))).json()) as {
    readonly services: Record<
      string,
      { readonly checks: readonly { readonly name: string; readonly problem?: string }[] }
    >;
  };
  return report.services["weather-manager"]?.checks.find(({ name }) => name === "worlds")?.problem;
}

async function isRefused(running: RunningOrrery, words: RegExp): Promise<boolean> {
  const said = (await problem(running)) ?? "no problem";
  if (!words.test(said)) console.error(`health says: ${said}`);
  return words.test(said);
}

/** What was told of the weather so far: id and payload. */
async function told({ edge }: RunningOrrery): Promise<Map<string, string>> {
  const journal = edge.client(JournalService);
  const events = new Map<string, string>();
  for (let pageToken = ""; ; ) {
    const filter = { types: [WeatherChanged.typeName] };
    const page = await journal.query({ worldId: edge.world, filter, pageSize: 1_000, pageToken });
    for (const { id, payload } of page.events)
      events.set(`${id?.publisher}/${id?.sequence}`, Buffer.from(payload).toString("hex"));
    if ((pageToken = page.nextPageToken) === "") return events;
  }
}

/** Versions of the code that handled the weather so far. */
async function codes({ edge }: RunningOrrery): Promise<ReadonlySet<string>> {
  const filter = { types: [IntakeCommitted.typeName], keys: [`weather-manager/${edge.world}/aggregate/0`] };
  const page = await edge.client(JournalService).query({ worldId: edge.world, filter, pageSize: 1_000 });
  return new Set(page.events.map(({ payload }) => IntakeCommitted.decode(payload).codeVersion));
}

const isKept = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) =>
  before.size > 0 && [...before].every(([id, payload]) => after.get(id) === payload);

async function grows(running: RunningOrrery, than: ReadonlyMap<string, string>): Promise<boolean> {
  for (const untilMs = performance.now() + PATIENCE_MS; performance.now() < untilMs; await wait(LOOK_MS))
    if ((await told(running)).size > than.size) return true;
  return false;
}

/**
 * Kills it when the weather has told of hours of this day: each day begins with a cut of its state, and whoever starts
 * right behind one has nothing to handle again.
 */
async function killAmidDay(running: RunningOrrery): Promise<void> {
  const weather = running.edge.client(WeatherService);
  for (const untilMs = performance.now() + PATIENCE_MS; performance.now() < untilMs; await wait(LOOK_MS)) {
    const { atGs } = await weather.getWeather({ worldId: running.edge.world, regionIds: [REGION] });
    const hour = (atGs % DAY_GS) / HOUR_GS;
    if (hour >= AMID[0] && hour <= AMID[1]) return await running.kill();
  }
  throw new Error("the weather never came to the middle of a day");
}

const answers = ({ edge }: RunningOrrery) =>
  edge
    .client(WeatherService)
    .getWeather({ worldId: edge.world, regionIds: [REGION] })
    .then(
      () => true,
      () => false,
    );

interface Row {
  readonly service: string;
  readonly verdict: string;
  readonly detail: string;
}

/** By the code of the checkout. */
function replay({ url }: RunningOrrery): { readonly code: number | null; readonly rows: readonly Row[] } {
  const args = [checkout.main, "world", "replay", "--url", url, "--data", data, "--json"];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return {
    code: status,
    rows: stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Row),
  };
}
const verdicts = (rows: readonly Row[]) =>
  rows.filter(({ service }) => service === "weather-manager").map(({ verdict }) => verdict);

try {
  const first = await start();
  await wait(HOURS_MS);
  const atFirst = await told(first);
  await killAmidDay(first);

  checkout.edit(MEASURES, WIND, "=> /* the same, in other words */ air.windKmh,");
  const commented = await start();
  found["a comment is no change"] = (await problem(commented)) === undefined;
  found["told on"] = await grows(commented, atFirst);
  found["a comment makes no other version"] = (await codes(commented)).size === 1;
  await killAmidDay(commented);

  checkout.restore();
  checkout.edit(MEASURES, WIND, "=> air.windKmh + 3,");
  const differing = await start();
  found["refused by name"] = await isRefused(
    differing,
    /WORLD_CODE_DIFFERS.*wind.*handled by \w+@.*, here \w+@/,
  );
  found["the others go on"] =
    !(await answers(differing)) && (await fetch(new URL("/readyz", differing.url))).ok;
  const before = await told(differing);
  found["what was told stands"] = isKept(atFirst, before);
  await differing.kill();

  const adopting = await start("--adopt", "weather-manager");
  found["adopted"] = (await problem(adopting)) === undefined && (await answers(adopting));
  found["adopted and told on"] = await grows(adopting, before);
  found["a constant makes another version"] = (await codes(adopting)).size === 2;
  const filter = { types: [CodeAdopted.typeName] };
  const kept = await adopting.edge.client(JournalService).query({ worldId: adopting.edge.world, filter });
  found["said and kept"] = kept.events.length === 1;
  const stretches = replay(adopting);
  found["replay names the stretches"] =
    stretches.code === 3 &&
    verdicts(stretches.rows)[0] === "DIFFERS" &&
    verdicts(stretches.rows).at(-1) === "PASS";
  const last = await told(adopting);
  found["adopting changed nothing told"] = isKept(before, last);
  await adopting.stop();

  checkout.edit(MEASURES, "air.windKmh + 3,", "air.windKmh + 4,");
  const stopped = await start();
  found["a clean stop leaves nothing to compare"] = (await problem(stopped)) === undefined;
  found["and goes on"] = await grows(stopped, last);
  await wait(HOURS_MS);
  const beforeThrow = await told(stopped);
  await killAmidDay(stopped);

  checkout.edit(MEASURES, "=> air.windKmh + 4,", '=> { throw new TypeError("no wind"); },');
  const throwing = await start();
  found["refused where it throws"] = await isRefused(throwing, /WORLD_CODE_DIFFERS.*refused: no wind/);
  await throwing.kill();

  checkout.restore();
  checkout.edit(MEASURES, WIND, "=> air.windKmh + 4,");
  const mended = await start();
  found["the earlier code goes on"] =
    (await problem(mended)) === undefined && (await grows(mended, beforeThrow));
  found["all that was told stands"] = isKept(beforeThrow, await told(mended));
  await mended.stop();
} finally {
  await orrery?.kill();
  checkout.remove();
  rmSync(data, { recursive: true, force: true });
}
const wrong = Object.keys(found).filter((name) => found[name] !== true);
console.log(
  process.argv.includes("--json")
    ? JSON.stringify({ held: Object.keys(found).length - wrong.length, wrong })
    : found,
);
process.exitCode = wrong.length === 0 ? 0 : 1;
