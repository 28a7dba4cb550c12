// Forks of a world that has lived two days, at random places of its journal, at all of its first ones and at random
// moments, and forks of those forks: each begins where it was asked for, or is refused with places that can be had.
// Another world runs beside them all the while.
//   node bench/journal/any-fork.ts [--places 200] [--seed 1] [--json]
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ConnectError } from "@connectrpc/connect";
import { seededNumbers } from "@orrery/bus";
import { startInstance } from "@orrery/cli/run/instance.ts";
import { FleetService, JournalService, LagState, WorldService } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherService } from "@orrery/schema/weather/v1";

const { values } = parseArgs({
  options: {
    places: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const PARENT = "vale";
const WITNESS = "fen";
const DAY_GS = 86_400;
const EARLY = 40;
const LOOK_MS = 10;
/** How soon a fork answers is told, and not judged: machines are slow and busy. */
const PATIENCE_MS = 90_000;

const data = mkdtempSync(join(process.cwd(), ".bench-any-fork-"));
const world = (id: string) => ({ id, pack: "hollowmere", seed: "s", rate: 60 });
const instance = await startInstance({
  data,
  port: 0,
  worlds: [world(PARENT), world(WITNESS)],
  databaseUrl: undefined,
  consoleFolder: "",
  logLevel: "silent",
});
const admin = { role: "admin" as const, id: "bench", scopes: [] };
const { client } = instance.host.directory;
const journal = client(JournalService, admin);
const worlds = client(WorldService, admin);
const time = client(TimeService, admin);
const weather = client(WeatherService, admin);
const fleet = client(FleetService, admin);
const random = seededNumbers(Number(values.seed));
const within = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));

type Place = { case: "position" | "atGs"; value: number };
const found = { slowestMs: 0, begun: 0, refused: 0, named: 0, wrong: [] as string[] };
const forks: string[] = [];

async function until(what: () => Promise<boolean>): Promise<boolean> {
  for (const endMs = Date.now() + PATIENCE_MS; Date.now() < endMs; await setTimeout(LOOK_MS))
    if (await what().catch(() => false)) return true;
  return false;
}
const shownGs = async (worldId: string) => (await time.getClock({ worldId })).now?.atGs ?? Number.NaN;
const newest = async (worldId: string) => (await journal.query({ worldId, pageSize: 1 })).newest;

async function pass(worldId: string, durationGs: number): Promise<void> {
  const target = { case: "toGs" as const, value: (await shownGs(worldId)) + durationGs };
  await time.skipTo({ worldId, idempotencyKey: randomUUID(), target });
  await until(async () => !(await time.getSkip({ worldId })).running);
  const hourGs = Math.floor(target.value / 3_600) * 3_600;
  await until(async () => (await weather.getWeather({ worldId, regionIds: [] })).atGs >= hourGs);
}

/** @returns the fork, if it began */
async function tryAt(parent: string, place: Place): Promise<string | undefined> {
  const id = `fork-${randomUUID()}`;
  const asked = `${place.case} ${place.value} of ${parent}`;
  try {
    const made = await worlds.fork({
      worldId: parent,
      newWorldId: id,
      idempotencyKey: randomUUID(),
      place,
    } as never);
    const isThere = place.case === "position" ? made.position === place.value : made.atGs === place.value;
    if (!isThere) found.wrong.push(`${asked}: began at position ${made.position}, game second ${made.atGs}`);
    const askedMs = Date.now();
    let said = "";
    const lives = await until(async () => {
      const clock = await shownGs(id).catch(String);
      const sky = await weather.getWeather({ worldId: id, regionIds: [] }).then(({ atGs }) => atGs, String);
      said = `its clock says ${clock}, its weather ${sky}`;
      if (typeof clock === "string" || typeof sky === "string") return false;
      return place.case === "position" || clock === place.value;
    });
    found.slowestMs = Math.max(found.slowestMs, Date.now() - askedMs);
    if (!lives) found.wrong.push(`${asked}: ${said}`);
    found.begun += 1;
    return id;
  } catch (error) {
    const words = error instanceof ConnectError ? error.rawMessage : String(error);
    if (!/^(BUS_FORK_PLACE|BUS_UNKNOWN_EVENT): /.test(words)) found.wrong.push(`${asked}: ${words}`);
    const near = [...words.matchAll(/position (\d+) \(game second/g)].map(([, position]) => Number(position));
    if (near.length === 0) found.wrong.push(`${asked}: no place is named: ${words}`);
    found.refused += 1;
    for (const value of near) places.add(`${parent} ${value}`);
    return undefined;
  }
}

/** What a service says of itself that should not be so. */
const noticesNow = () =>
  instance.host
    .running()
    .flatMap(({ definition, health }) =>
      health
        .report()
        .checks.flatMap(({ name, problem }) => (problem ? [`${definition.id}/${name}: ${problem}`] : [])),
    );

/** Places that refusals named. */
const places = new Set<string>();

/** What has been looked at is taken away, so that as many can be tried as one likes. */
async function takeAway(fork: string | undefined): Promise<void> {
  if (fork !== undefined) await worlds.delete({ worldId: fork });
}

try {
  await until(async () => (await newest(PARENT)) > EARLY);
  await time.hold({ worldId: PARENT, name: "bench", idempotencyKey: randomUUID() });
  await pass(PARENT, 2 * DAY_GS);
  await until(async () => (await fleet.lag({ fresh: true })).unsent === 0);
  const last = await newest(PARENT);
  const [firstGs, lastGs] = [25_200, await shownGs(PARENT)];
  const witnessGs = await shownGs(WITNESS);

  for (let position = 0; position <= EARLY; position++)
    await takeAway(await tryAt(PARENT, { case: "position", value: position }));
  for (let i = 0; i < Number(values.places); i++) {
    const byMoment = i % 4 === 0;
    const place: Place = byMoment
      ? { case: "atGs", value: within(firstGs - 3_600, lastGs + 3_600) }
      : { case: "position", value: within(1, last + 50) };
    const fork = await tryAt(PARENT, place);
    if (fork !== undefined && forks.length < 3) forks.push(fork);
    else await takeAway(fork);
  }
  for (const fork of forks) {
    await pass(fork, 6 * 3_600);
    const [own, atGs] = [await newest(fork), await shownGs(fork)];
    for (let i = 0; i < 12; i++)
      await takeAway(
        await tryAt(
          fork,
          i % 2 === 0
            ? { case: "position", value: within(1, own) }
            : { case: "atGs", value: within(firstGs, Math.floor(atGs)) },
        ),
      );
  }
  for (const named of places) {
    const [parent = "", position] = named.split(" ");
    const before = found.refused;
    await takeAway(await tryAt(parent, { case: "position", value: Number(position) }));
    if (found.refused > before) found.wrong.push(`position ${position} of ${parent} was named, and refused`);
    found.named += 1;
  }

  const witnessed = (await shownGs(WITNESS)) - witnessGs;
  const stalled = (await fleet.lag({ fresh: true })).lags.filter(({ state }) => state === LagState.STALLED);
  // Whose world was taken away while they asked for it notice that by themselves.
  await until(async () => noticesNow().length === 0);
  const notices = noticesNow();
  const report = {
    ...found,
    witnessedS: witnessed / 60,
    stalled: stalled.map(({ subscription, events }) => `${subscription}: ${events} events`),
    notices,
  };
  console.log(values.json ? JSON.stringify(report) : report);
} finally {
  await instance.stop();
  rmSync(data, { recursive: true, force: true });
}
