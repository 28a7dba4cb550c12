// The figures of settings: evaluating, resolving, opening sessions, writing, killing a flag
//   node bench/settings/speed.ts [--sessions 2000] [--players 100000] [--json]
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { contextOf, evaluate, flagSetOf } from "@orrery/flags";
import { type Flags, followFlags } from "@orrery/flags/follow";
import { FlagSnapshot, Scope, StoredValue } from "@orrery/schema/settings/v1";
import { defineService, type Part } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";
import { sql } from "kysely";
import { flagOf } from "./flags-of.ts";
import { collect } from "../live-heap.ts";
import { openScene, type Scene } from "./scene.ts";

const { values } = parseArgs({
  options: {
    sessions: { type: "string", default: "2000" },
    players: { type: "string", default: "100000" },
    json: { type: "boolean", default: false },
  },
});

const FLAGS = 500;
const FOLLOWERS = 8;
const RATE = 200;
const KILLS = 50;
const WRITES = 4_000;
const WRITERS = 64;

const p99 = (all: readonly number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length * 0.99)] ?? 0;
const round = (value: number, digits = 3) => Number(value.toFixed(digits));

async function timed(run: () => unknown): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

const followers: { part: Part<Flags>; id: string }[] = Array.from({ length: FOLLOWERS }, (_, at) => ({
  part: followFlags(),
  id: `follower-${String.fromCharCode(97 + at)}`,
}));
const beside = followers.map(({ part, id }) =>
  defineService({ id, summary: "Follows flags.", parts: [part] }),
);
const scene = await openScene(undefined, beside);
try {
  await putFlags(scene);
  const report = {
    evaluateP99Us: round((await evaluating(scene)) * 1_000),
    snapshotKib: await snapshotKib(scene),
    killP99Ms: round(await killing(scene)),
    writesASecond: round(await writing(scene), 0),
    ...(await resolving(scene)),
    ...(await opening(scene)),
  };
  console.log(values.json ? JSON.stringify(report) : report);
} finally {
  await scene.close();
}
// A drained bus leaves the timer of its deadline behind.
process.exit();

async function putFlags({ flags }: Scene): Promise<void> {
  const all = Array.from({ length: FLAGS }, (_, at) => flagOf(at));
  await Promise.all(all.map((flag) => flags.put({ flag, idempotencyKey: randomUUID() })));
}

/** ms, of one evaluation */
async function evaluating({ flags }: Scene): Promise<number> {
  const { whole } = await flags.getSnapshot({});
  if (whole === undefined) throw new Error("no snapshot");
  const set = flagSetOf(whole);
  const attributes = new Map([
    ["level", 50],
    ["age_days", 30],
  ]);
  const one = (at: number) => evaluate(set, `flag-${at % FLAGS}`, contextOf(`player:${at}`, attributes));
  for (let at = 0; at < 50_000; at++) one(at);
  const took: number[] = [];
  for (let at = 0; at < 200_000; at++) {
    const began = performance.now();
    one(at);
    took.push(performance.now() - began);
  }
  return p99(took);
}

async function snapshotKib({ flags }: Scene): Promise<number> {
  const { whole } = await flags.getSnapshot({});
  return round(encodeBytes(FlagSnapshot, whole ?? {}).length / 1_024, 0);
}

/** From the call to when the last of the services knows. */
async function killing({ flags, host }: Scene): Promise<number> {
  const known = followers.map(({ part, id }) => {
    const kit = host.running().find(({ definition }) => definition.id === id)?.kit;
    if (kit === undefined) throw new Error(`${id} does not run`);
    return kit.part(part);
  });
  while (known.some(({ set }) => set.version < FLAGS)) await wait(10);
  const took: number[] = [];
  for (let at = 0; at < KILLS; at++) {
    const key = `flag-${at}`;
    const seen = known.map(
      (own) =>
        new Promise<void>((resolve) => {
          const end = own.onChange(() => {
            if (own.set.flags.get(key)?.enabled !== false) return;
            end();
            resolve();
          });
        }),
    );
    const began = performance.now();
    await flags.kill({ flagKey: key, reason: "bench", idempotencyKey: randomUUID() });
    await Promise.all(seen);
    took.push(performance.now() - began);
  }
  return p99(took);
}

async function writing({ settings }: Scene): Promise<number> {
  let next = 0;
  const place = { key: "audio.music_volume" };
  const began = performance.now();
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (next < WRITES) {
        const at = next++;
        const value = { kind: { case: "intValue", value: Math.floor(at / 1_000) } as const };
        await settings.set({ playerId: `player:${at % 1_000}`, place, value, idempotencyKey: randomUUID() });
      }
    }),
  );
  return (WRITES * 1_000) / (performance.now() - began);
}

/** Players whose rows are in memory, players whose rows are not, and how the database finds those among so many. */
async function resolving({ settings, host }: Scene) {
  const db = host
    .running()
    .find(({ definition }) => definition.id === "settings")
    ?.kit.store.as<any>();
  if (db === undefined) throw new Error("settings does not run");
  const players = Number(values.players);
  const stored = {
    key: "subtitles.size",
    scope: Scope.PLAYER,
    revision: 1,
    value: { kind: { case: "stringValue", value: "huge" } as const },
  };
  const body = encodeBytes(StoredValue, stored);
  await sql`insert into value (owner, scope, scope_id, key, version, body)
    with recursive n(at) as (select 1 union all select at + 1 from n where at < ${players})
    select 'player:many-' || at, ${Scope.PLAYER}, 'player:many-' || at, 'subtitles.size', 1, ${body} from n`.execute(
    db,
  );
  const { definitions } = await settings.listDefinitions({ pageSize: 500 });
  const keys = Array.from({ length: 100 }, (_, at) => definitions[at % definitions.length]?.key ?? "");
  const ask = (player: string) => timed(() => settings.resolve({ playerId: player, worldId: "w", keys }));
  for (let at = 0; at < 200; at++) await ask("player:1");
  const warm: number[] = [];
  for (let at = 0; at < 2_000; at++) warm.push(await ask(`player:${at % 1_000}`));
  const cold: number[] = [];
  for (let at = 1; at <= Math.min(2_000, players); at++) cold.push(await ask(`player:many-${at}`));
  const plans: string[] = [];
  for (const table of ["player_tier", "player_content", "session"]) {
    const { rows } = await sql<{
      detail: string;
    }>`explain query plan select * from ${sql.table(table)} where player = 'x'`.execute(db);
    plans.push(...rows.map(({ detail }) => detail));
  }
  const { rows } = await sql<{
    detail: string;
  }>`explain query plan select * from value where owner = 'x'`.execute(db);
  plans.push(...rows.map(({ detail }) => detail));
  return {
    players,
    resolveP99Ms: round(p99(warm)),
    resolveColdP99Ms: round(p99(cold)),
    scans: plans.filter((plan) => !plan.startsWith("SEARCH")).length,
  };
}

async function opening({ content }: Scene) {
  const sessions = Number(values.sessions);
  collect();
  const before = process.memoryUsage().heapUsed;
  const took: number[] = [];
  const began = performance.now();
  const all: Promise<void>[] = [];
  for (let at = 0; at < sessions; at++) {
    const dueMs = (at * 1_000) / RATE - (performance.now() - began);
    if (dueMs > 1) await wait(dueMs);
    const asked = { worldId: "w", playerId: `player:s-${at}`, sessionId: `session-${at}`, deviceId: "d" };
    all.push(
      timed(() => content.openSession({ ...asked, idempotencyKey: randomUUID() })).then(
        (ms) => void took.push(ms),
      ),
    );
  }
  await Promise.all(all.splice(0));
  const seconds = (performance.now() - began) / 1_000;
  collect();
  return {
    sessions,
    openedASecond: round(sessions / seconds, 0),
    openP99Ms: round(p99(took)),
    sessionBytes: round((process.memoryUsage().heapUsed - before) / sessions, 0),
  };
}
