// A fork of a world with many objects: how long until its objects are there, how long writes to others wait meanwhile,
// and what it costs on disk; once where nothing has changed since, once before a tenth of the objects changed.
//   node bench/state/fork.ts [--objects 100000] [--database sqlite|postgres] [--json]
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { JournalService, Order, WorldService } from "@orrery/schema/bus/v1";
import { fingerprint } from "@orrery/schema/registry";
import { StateChanged } from "@orrery/schema/state/v1";
import { TimerFired } from "@orrery/schema/time/v1";
import { databaseBytes, errorCodeOf } from "@orrery/service";
import { put } from "./requests.ts";
import { openScene } from "./scene.ts";

const { values } = parseArgs({
  options: {
    objects: { type: "string", default: "100000" },
    database: { type: "string", default: "sqlite" },
    json: { type: "boolean", default: false },
  },
});
const PARENT = "w";
const OBJECTS = Number(values.objects);
const PER_OWNER = 100;
const OWNERS = Math.ceil(OBJECTS / PER_OWNER);
const CHANGED_OWNERS = Math.ceil(OWNERS / 10);
const AT_ONCE = 20;
const LOOK_MS = 10;
const EVERY_MS = 10;
/** So long writes are watched before a fork: what they wait then is the machine's. */
const QUIET_MS = 1_000;
/** Until what was filled in has found its way from logs to tables. */
const SETTLE_MS = 3_000;
const PROBES = 100;
/** What the parent's objects hold at first, and those that changed later. */
const [FIRST, LATER] = [1, 2];
const PLAYER = "player:mira";

// Beside the journal alone: how long others take over the same fork is theirs to say.
const scene = await openScene(values.database as "sqlite" | "postgres", undefined, {}, ["event-bus"]);
const { host, state } = scene;
const admin = { role: "admin" as const, id: "bench", scopes: [] };
const [worlds, journal] = [
  host.directory.client(WorldService, admin),
  host.directory.client(JournalService, admin),
];
const store = host.running().find(({ kit }) => kit.service === "state-manager")?.kit.store;
if (store === undefined) throw new Error("no state-manager runs");
const { db, dialect } = store;

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what().catch(() => false))) await wait(LOOK_MS);
}

/**
 * Waits until the journal has as many changes: a fork is of what it has, a moment behind what was answered.
 * @returns the journal's last place
 */
async function journalled(changes: number): Promise<number> {
  let newest = 0;
  await until(async () => {
    const filter = { types: [StateChanged.typeName] };
    const order = Order.NEWEST_FIRST;
    const [last] = (await journal.query({ worldId: PARENT, filter, order, pageSize: 1 })).events;
    newest = last?.ordinal ?? 0;
    return last !== undefined && StateChanged.decode(last.payload).seq >= changes;
  });
  return newest;
}

/** A world's journal has game time in it, which a fork looks back for. */
async function tick(): Promise<void> {
  const clock = host.surroundings.bus.publisher({ source: "operator", world: PARENT, fingerprint });
  await clock.publish(TimerFired, { owner: "bench", timerId: "tick", atGs: 1 });
  await clock.close();
}

async function fill(owners: number, n: number): Promise<void> {
  for (let at = 0; at < owners; at += AT_ONCE) {
    await tick();
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, owners - at) }, (_, i) => {
        const operations = Array.from({ length: PER_OWNER }, (_, j) =>
          put("progress", `service:o${at + i}`, `k${j}`, n),
        );
        return state.write({ worldId: PARENT, operations });
      }),
    );
  }
}

/** Another player's writes, one each 10 ms from when it is due: how long the slowest took, and how many were refused. */
async function writesMeanwhile(done: Promise<unknown>) {
  let [slowestMs, refused, going] = [0, 0, true];
  const stop = () => void (going = false);
  done.then(stop, stop);
  const open: Promise<void>[] = [];
  for (let due = performance.now(); going; ) {
    for (; due <= performance.now(); due += EVERY_MS) {
      const dueMs = due;
      const operations = [put("progress", PLAYER, "meanwhile", Math.floor(due))];
      const answered = state.write({ worldId: PARENT, operations }).then(
        () => void (slowestMs = Math.max(slowestMs, performance.now() - dueMs)),
        (error: unknown) => {
          if (errorCodeOf(error) !== "STATE_BUSY") throw error;
          refused += 1;
        },
      );
      open.push(answered);
    }
    await wait(1);
  }
  await Promise.all(open);
  return { waitedMs: slowestMs, refused };
}

/** @param position absent: now */
async function forkOf(world: string, position?: number) {
  await wait(SETTLE_MS);
  const quiet = await writesMeanwhile(wait(QUIET_MS));
  const bytesBefore = await databaseBytes(db, dialect);
  const startMs = performance.now();
  const asked = worlds.fork({
    worldId: PARENT,
    newWorldId: world,
    idempotencyKey: randomUUID(),
    ...(position && { place: { case: "position" as const, value: position } }),
  });
  // Finding the place is the journal's work; what comes then is this service's.
  const finding = await writesMeanwhile(asked);
  const askedMs = performance.now() - startMs;
  const lives = until(async () => {
    const owner = `service:o${OWNERS - 1}`;
    return (await state.list({ worldId: world, collection: "progress", owner })).objects.length > 0;
  }).then(() => performance.now() - startMs);
  const forking = await writesMeanwhile(lives);
  const mb = Number((((await databaseBytes(db, dialect)) - bytesBefore) / 1e6).toFixed(2));
  return {
    ms: await lives,
    askedMs,
    waitedMs: forking.waitedMs,
    waitedForPlaceMs: finding.waitedMs,
    waitedBeforeMs: quiet.waitedMs,
    refused: finding.refused + forking.refused,
    mb,
  };
}

async function level(worldId: string, owner: number, key: string): Promise<number | undefined> {
  const id = { collection: "progress", owner: `service:o${owner}`, key };
  const { object } = await state.get({ worldId, id, asJson: true });
  return object?.absent ? undefined : (JSON.parse(object?.json ?? "") as { xp: number }).xp;
}

/** Objects of a fork that are not what they were at its place, of some looked at, changed since or not. */
async function wrongIn(world: string, changed: number): Promise<number> {
  let wrong = 0;
  for (let probe = 0; probe < PROBES; probe++) {
    const owner = Math.floor((probe * OWNERS) / PROBES);
    const expected = owner < CHANGED_OWNERS ? changed : FIRST;
    if ((await level(world, owner, `k${probe % PER_OWNER}`)) !== expected) wrong += 1;
  }
  return wrong;
}

/** Whether writes on either side stay there, and a platform object is one for both. */
async function apart(fork: string): Promise<boolean> {
  const write = (worldId: string, collection: string, n: number) =>
    state.write({ worldId, operations: [put(collection, PLAYER, "main", n)] });
  const read = async (worldId: string, collection: string) => {
    const id = { collection, owner: PLAYER, key: "main" };
    return (await state.get({ worldId, id, asJson: true })).object?.json;
  };
  await write(PARENT, "progress", 10);
  await write(fork, "progress", 20);
  await write(fork, "profiles", 30);
  const own = await read(fork, "progress");
  const shared = await read(fork, "profiles");
  return (
    (await read(PARENT, "progress")) !== own && own !== "" && (await read(PARENT, "profiles")) === shared
  );
}

try {
  await until(async () => (await state.list({ worldId: PARENT, collection: "progress" })) !== undefined);
  await fill(OWNERS, FIRST);
  const filledTo = await journalled(OBJECTS);
  const now = await forkOf("a");
  await fill(CHANGED_OWNERS, LATER);
  await journalled(OBJECTS + CHANGED_OWNERS * PER_OWNER);
  const then = await forkOf("b", filledTo);
  const report = {
    database: values.database,
    objects: OBJECTS,
    now,
    then,
    changed: CHANGED_OWNERS * PER_OWNER,
    wrong: (await wrongIn("a", FIRST)) + (await wrongIn("b", FIRST)) + (await wrongIn(PARENT, LATER)),
    apart: (await apart("a")) && (await apart("b")),
  };
  console.log(values.json ? JSON.stringify(report) : report);
  process.exitCode = report.wrong === 0 && report.apart ? 0 : 1;
} finally {
  await scene.close();
}
// A drained bus leaves the timer of its deadline behind.
process.exit();
