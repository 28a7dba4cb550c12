// What one address without rights can do to a world, while a player at another one goes on playing:
// node bench/edge/siege.ts [--tokens 3000] [--seconds 14] [--json]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ClientMessage, ServerMessage } from "@orrery/schema/router/v1";
import { encodeBytes } from "@orrery/wire";
import { WebSocket } from "ws";
import { startOrrery } from "../kill9/orrery.ts";
import {
  type Assailant,
  bomb,
  bombForAnyone,
  drip,
  type End,
  endless,
  flood,
  noise,
  tokenRequest,
} from "./assault.ts";

const { values } = parseArgs({
  options: {
    tokens: { type: "string", default: "3000" },
    seconds: { type: "string", default: "14" },
    json: { type: "boolean", default: false },
  },
});
const WORLD = "hollowmere";
const seconds = Number(values.seconds);
const tokens = Number(values.tokens);
/** As the settings have them when nobody sets them: so many at once, and so many a second. */
const STRANGERS = { burst: 200, perS: 20 } as const;
const EVERY_MS = 50;
const WARM_MS = 4_000;
const FLOOD = 200;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

process.env["ROUTER_TRUSTED_PROXIES"] = "loopback";
// The player asks 20 times a second, to be looked at closely.
process.env["ROUTER_CALLS_PER_S"] = "100";
process.env["ROUTER_MESSAGES_PER_S"] = "100";
const data = mkdtempSync(join(tmpdir(), "orrery-siege-"));
const orrery = await startOrrery(data, undefined, ["--rate", "60", "--world", WORLD]);
const url = orrery.url.replace(/\/$/, "");
const rssMiB = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${orrery.pid}/status`, "utf8"))?.[1]) / 1024;
const stored = () => {
  const db = new DatabaseSync(join(data, "router", "store.db"), { readOnly: true });
  const [row] = db.prepare("SELECT count(*) AS n FROM refresh_token").all() as { n: number }[];
  db.close();
  return row?.n ?? 0;
};

async function tokenFor(address: string): Promise<string> {
  const answer = await fetch(`${url}/router.v1.TokenService/Issue`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": address },
    body: "{}",
  });
  return ((await answer.json()) as { token: string }).token;
}

/** A player elsewhere: asks for its health and the time, over and over. */
async function player(until: () => boolean): Promise<{ healthMs: number[]; callMs: number[] }> {
  const token = await tokenFor("198.51.100.1");
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, "orrery.v1");
  const waiting = new Map<number, () => void>();
  await new Promise<void>((resolve, reject) => {
    const hello = { token, deviceId: "player", worldId: WORLD, versions: [1] };
    socket.on("open", () =>
      socket.send(encodeBytes(ClientMessage, { message: { case: "hello", value: hello } })),
    );
    socket.on("message", (bytes: Buffer) => {
      const { message } = ServerMessage.decode(bytes);
      if (message.case === "welcome") resolve();
      if (message.case === "reply") waiting.get(message.value.id)?.();
      if (message.case === "bye") reject(new Error(message.value.message));
    });
  });
  const [healthMs, callMs]: [number[], number[]] = [[], []];
  const timed = async (into: number[], run: () => Promise<unknown>) => {
    const startMs = performance.now();
    await run();
    into.push(performance.now() - startMs);
  };
  const request = new Uint8Array([10, WORLD.length, ...Buffer.from(WORLD)]);
  for (let id = 1; !until(); id++) {
    const value = { id, method: "time.v1.TimeService/GetClock", request };
    await Promise.all([
      timed(healthMs, async () => (await fetch(`${url}/healthz`)).text()),
      timed(
        callMs,
        () =>
          new Promise<void>((resolve) => {
            waiting.set(id, resolve);
            socket.send(encodeBytes(ClientMessage, { message: { case: "call", value } }));
          }),
      ),
    ]);
    await wait(EVERY_MS);
  }
  socket.close();
  return { healthMs, callMs };
}

/**
 * As many requests as come in the siege, of the most ordinary kind: a process that answers many keeps more memory at hand
 * than one that rests, whoever asks.
 */
async function traffic(ms: number): Promise<void> {
  const untilMs = performance.now() + ms;
  const headers = { "content-type": "application/json", "x-forwarded-for": "198.51.100.2" };
  const ask = () => fetch(`${url}/router.v1.EdgeService/ListWorlds`, { method: "POST", headers, body: "{}" });
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (performance.now() < untilMs) await (await ask()).text();
    }),
  );
}

const quantile = (all: number[], share: number) =>
  all.sort((a, b) => a - b)[Math.floor(share * (all.length - 1))] ?? 0;

/** Does one thing over and over, so many at once, until the time is over or it was done so often. */
async function keep(
  ends: Map<string, number>,
  name: string,
  wide: number,
  most: number,
  act: () => Promise<End>,
) {
  const untilMs = performance.now() + seconds * 1000;
  let left = most;
  await Promise.all(
    Array.from({ length: wide }, async () => {
      while (left-- > 0 && performance.now() < untilMs) {
        const end = `${name} ${await act()}`;
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }
    }),
  );
}

try {
  let over = false;
  const before = player(() => over);
  await traffic(WARM_MS);
  await wait(WARM_MS / 2);
  over = true;
  const quiet = await before;
  const restMiB = rssMiB();
  const heldBefore = stored();
  let peakMiB = restMiB;
  const looking = setInterval(() => (peakMiB = Math.max(peakMiB, rssMiB())), 100);

  over = false;
  const during = player(() => over);
  const from: Assailant = { url, address: "203.0.113.66" };
  const guest = await tokenFor("203.0.113.67");
  const ends = new Map<string, number>();
  const startMs = performance.now();
  let unanswered = 0;
  await Promise.all([
    keep(ends, "bomb", 4, Number.POSITIVE_INFINITY, () => bomb(from)),
    keep(ends, "bomb for anyone", 2, Number.POSITIVE_INFINITY, () => bombForAnyone(from)),
    keep(ends, "endless", 4, Number.POSITIVE_INFINITY, () => endless(from)),
    keep(ends, "slow", 50, 50, () => drip(from)),
    keep(ends, "token", 16, tokens, () => tokenRequest(from)),
    keep(ends, "noise", 4, Number.POSITIVE_INFINITY, () => noise(from)),
    keep(ends, "flood", 2, 12, async () => {
      const flooded = await flood({ url, address: "203.0.113.67" }, guest, WORLD, FLOOD);
      unanswered += flooded.unanswered;
      return flooded.end;
    }),
  ]);
  const elapsedS = (performance.now() - startMs) / 1000;
  over = true;
  const { healthMs, callMs } = await during;
  clearInterval(looking);
  const result = {
    seconds: elapsedS,
    ends: Object.fromEntries([...ends].sort()),
    silent: [...ends].filter(([name]) => name.endsWith("silence")).reduce((sum, [, n]) => sum + n, 0),
    unanswered,
    quietHealthP99Ms: quantile(quiet.healthMs, 0.99),
    quietCallP99Ms: quantile(quiet.callMs, 0.99),
    healthP99Ms: quantile(healthMs, 0.99),
    callP99Ms: quantile(callMs, 0.99),
    restMiB,
    grownMiB: peakMiB - restMiB,
    stored: stored() - heldBefore,
    // Two addresses ask.
    mayStore: Math.ceil(2 * STRANGERS.burst + STRANGERS.perS * elapsedS) + 2,
  };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await orrery.kill();
  rmSync(data, { recursive: true, force: true });
}
process.exit(0);
