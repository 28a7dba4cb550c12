// Clients that are cut off again and again know in the end what one knows that never was:
// node bench/edge/cuts.ts [--seconds 31] [--clients 6] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { cuttingProxy } from "./cutting-proxy.ts";
import { follow } from "./follower.ts";
import { REGIONS } from "./protocol.ts";
import { serve } from "./serving.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "31" },
    clients: { type: "string", default: "6" },
    json: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const AWAY_MS = 30_000;
const CUT_MS = { least: 3_000, most: 9_000 } as const;
const LOAD = { eventsPerS: 20 * REGIONS.length, transactionalShare: 0.5 };
const SETTLED_MS = 30_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const random = xoroshiro128plus(7);
const between = ({ least, most }: typeof CUT_MS) =>
  least + ((random.next() >>> 0) / 2 ** 32) * (most - least);

const data = mkdtempSync(join(tmpdir(), "orrery-cuts-"));
const edge = await serve({ data });
try {
  const uncut = await follow(edge.url, "uncut");
  const away = { proxy: await cuttingProxy(() => edge.url) };
  const faraway = await follow(away.proxy.url, "away");
  const cut = await Promise.all(
    Array.from({ length: Number(values.clients) }, async (_, at) => {
      const proxy = await cuttingProxy(() => edge.url);
      return { proxy, follower: await follow(proxy.url, `cut-${at}`) };
    }),
  );
  await edge.load(LOAD);
  await wait(1_000);
  const untilMs = performance.now() + seconds * 1000;
  away.proxy.cut(AWAY_MS);
  await Promise.all(
    cut.map(async ({ proxy }) => {
      for (let pause = between(CUT_MS); performance.now() + pause < untilMs; pause = between(CUT_MS)) {
        await wait(pause);
        proxy.cut();
      }
      await wait(Math.max(0, untilMs - performance.now()));
    }),
  );
  await edge.load({ eventsPerS: 0, transactionalShare: 0 });

  const followers = [faraway, ...cut.map(({ follower }) => follower)];
  /** Everybody has the last transactional event that the uncut client has. */
  const level = () => {
    const last = uncut.ledger.at(-1);
    return followers.every(({ ledger }) => ledger.at(-1) === last);
  };
  const settleMs = performance.now() + SETTLED_MS;
  while (!level() && performance.now() < settleMs) await wait(100);
  await wait(500);

  const compare = ({ ledger, doubles, state, world }: (typeof followers)[number]) => {
    const mine = new Set(ledger);
    const [expected, told] = [uncut.state(), state()];
    return {
      gaps: uncut.ledger.filter((id) => !mine.has(id)).length,
      doubles,
      differing: [...new Set([...expected.keys(), ...told.keys()])].filter(
        (name) => expected.get(name) !== told.get(name),
      ),
      gapless: world.resumes.gapless,
      snapshots: world.resumes.snapshot,
    };
  };
  const others = cut.map(({ follower }) => compare(follower));
  const sum = (pick: (one: ReturnType<typeof compare>) => number) =>
    others.reduce((total, one) => total + pick(one), 0);
  const result = {
    transactional: uncut.ledger.length,
    away: compare(faraway),
    cuts: cut.reduce((total, { proxy }) => total + proxy.cuts, 0),
    clients: cut.length,
    gaps: sum(({ gaps }) => gaps),
    doubles: sum(({ doubles }) => doubles),
    differing: sum(({ differing }) => differing.length),
    gapless: sum(({ gapless }) => gapless),
    snapshots: sum(({ snapshots }) => snapshots),
  };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await edge.kill();
  rmSync(data, { recursive: true, force: true });
}
process.exit(0);
