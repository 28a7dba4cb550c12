// Broken messages and bent tokens against a running edge, with an honest client beside them:
// node bench/edge/fuzz.ts [--messages 20000] [--tokens 10000] [--seed 1] [--json]
import { parseArgs } from "node:util";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { WebSocket } from "ws";
import { issueToken } from "./client.ts";
import { follow } from "./follower.ts";
import { bentToken, damaged, pick, sayings } from "./hostile.ts";
import { REGIONS } from "./protocol.ts";
import { serve } from "./serving.ts";

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "20000" },
    tokens: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const messages = Number(values.messages);
const tokens = Number(values.tokens);
const random = xoroshiro128plus(Number(values.seed));
const LOAD = { eventsPerS: 20 * REGIONS.length, transactionalShare: 0.5 };
/** At once against the edge. */
const WIDE = 32;
/** Few: a broken message ends its connection, and what follows it is not looked at. */
const A_CONNECTION = 4;
const ANSWER_MS = 8_000;
/** For the edge to close it with its own code. */
const LISTEN_MS = 25;
const HEAP_MIB = 32;
/** What a broken message or token may be answered with. */
const EXPECTED = new Set([1000, 4001, 4002, 4004, 4009, 4011, 4013]);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const edge = await serve();
const good = await issueToken(edge.url);
const valid = sayings(good);
const codes = new Map<string, number>();
const count = (name: string) => codes.set(name, (codes.get(name) ?? 0) + 1);
let sent = 0;

/** Half of them greet as they should, so that what follows is looked at deeper. */
function assault(): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${edge.url.replace("http", "ws")}/ws`, "orrery.v1");
    const timer = setTimeout(() => {
      count("no answer");
      socket.terminate();
    }, ANSWER_MS);
    socket.on("open", () => {
      if (pick(random, 2) === 0) socket.send(valid[0] as Uint8Array);
      for (let at = 0; at < A_CONNECTION && sent < messages; at++) {
        sent += 1;
        socket.send(damaged(valid[pick(random, valid.length)] as Uint8Array, random));
      }
      setTimeout(() => socket.close(1000), LISTEN_MS);
    });
    socket.on("error", () => {});
    socket.on("close", (code) => {
      clearTimeout(timer);
      count(String(code));
      resolve();
    });
  });
}

async function knock(token: string): Promise<boolean> {
  const response = await fetch(`${edge.url}/router.v1.EdgeService/ListWorlds`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${encodeURI(token)}` },
    body: "{}",
  });
  const said = await response.text();
  if (response.ok) return true;
  const code = /ROUTER_TOKEN_[A-Z]+/.exec(said)?.[0];
  count(code ?? `${response.status} ${said.slice(0, 60)}`);
  return false;
}

try {
  const honest = await follow(edge.url, "honest");
  const control = await follow(edge.url, "control");
  await edge.load(LOAD);
  if (!(await knock(good))) throw new Error("a good token is refused");
  const before = await edge.usage();
  const wide = async (work: () => Promise<unknown>, more: () => boolean) =>
    void (await Promise.all(
      Array.from({ length: WIDE }, async () => {
        while (more()) await work();
      }),
    ));
  await wide(assault, () => sent < messages);
  let bent = 0;
  let entered = 0;
  const tryToken = async () => {
    bent += 1;
    if (await knock(bentToken(good, random))) entered += 1;
  };
  await wide(tryToken, () => bent < tokens);
  await edge.load({ eventsPerS: 0, transactionalShare: 0 });
  await wait(2_000);
  const grownMiB = (await edge.usage()).heapMiB - before.heapMiB;
  const mine = new Set(honest.ledger);
  const unexpected = [...codes.keys()].filter(
    (name) => !EXPECTED.has(Number(name)) && !name.startsWith("ROUTER_TOKEN_"),
  );
  const result = {
    messages: sent,
    tokens: bent,
    entered,
    answers: Object.fromEntries([...codes].sort()),
    unexpected,
    neighbours: {
      events: honest.ledger.length,
      gaps: control.ledger.filter((id) => !mine.has(id)).length,
      doubles: honest.doubles,
      reconnects: honest.world.resumes.gapless + honest.world.resumes.snapshot,
    },
    grownMiB,
    failed: entered > 0 || unexpected.length > 0 || grownMiB > HEAP_MIB,
  };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await edge.kill();
}
process.exit(0);
