// Every method that clients and operators may call, asked with values that nobody expects, of the whole program
// with a moving world: node bench/edge/strange-calls.ts [--calls 40] [--seed 1] [--json]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type DescMethod, getOption } from "@bufbuild/protobuf";
import { Caller, rpc } from "@orrery/schema/orrery";
import { services } from "@orrery/schema/registry";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { startOrrery } from "../kill9/orrery.ts";
import { issueToken } from "./client.ts";
import { strangeRequest } from "./strange-values.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    json: { type: "boolean", default: false },
  },
});
/** A call that takes longer has no bound of its own. */
const ANSWER_MS = 5_000;
const CUT_BYTES = 1024 * 1024;
/** Streams that are let in may have nothing to say. */
const STREAM_MS = 150;
const WORLD = "hollowmere";

const data = mkdtempSync(join(tmpdir(), "orrery-strange-"));
/** What is asked is looked at, not how often. */
for (const limit of ["CALLS_PER_S", "STRANGERS_PER_S", "CALLS_AT_ONCE"])
  process.env[`ROUTER_${limit}`] = "100000";
let orrery = await startOrrery(data, undefined);
let url = orrery.url.replace(/\/$/, "");
const random = xoroshiro128plus(Number(values.seed));
const tokens = { admin: "", player: "" };
const codes = new Map<string, number>();
const wrong: string[] = [];
let calls = 0;
let slowestMs = 0;
let slowest = "";

/** Whether anything still answers; what hangs is started anew, so that one finding does not hide the next. */
async function answers(): Promise<boolean> {
  const well = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    () => true,
    () => false,
  );
  if (well) return true;
  await orrery.kill();
  orrery = await startOrrery(data, undefined);
  url = orrery.url.replace(/\/$/, "");
  await renew();
  return false;
}

async function renew(): Promise<void> {
  // One of the methods makes another.
  const adminSecret = readFileSync(join(data, "router", "admin-secret"), "utf8").trim();
  tokens.player = await issueToken(url);
  const answer = await fetch(`${url}/router.v1.TokenService/Issue`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ deviceId: "strange", adminSecret }),
  });
  tokens.admin = ((await answer.json()) as { token: string }).token;
}

async function ask(method: DescMethod, as: "admin" | "player"): Promise<void> {
  const name = `${method.parent.typeName}/${method.name}`;
  const stream = method.methodKind === "server_streaming";
  const text = JSON.stringify(strangeRequest(method.input, random, WORLD));
  const length = Buffer.alloc(5);
  length.writeUInt32BE(Buffer.byteLength(text), 1);
  const startMs = performance.now();
  let said = "";
  let ok = false;
  try {
    const response = await fetch(`${url}/${name}`, {
      method: "POST",
      headers: {
        "content-type": stream ? "application/connect+json" : "application/json",
        authorization: `Bearer ${tokens[as]}`,
      },
      body: stream ? Buffer.concat([length, Buffer.from(text)]) : text,
      signal: AbortSignal.timeout(stream ? STREAM_MS : ANSWER_MS),
    });
    ok = response.ok;
    said = await response.text();
  } catch (error) {
    const timedOut = (error as Error).name === "TimeoutError";
    if (stream && timedOut && (await answers())) return;
    // What is far beyond every limit is refused while it is still being sent: who only writes may find the line cut.
    if (text.length > CUT_BYTES && !timedOut && (await answers())) return;
    const became = (await answers()) ? "no answer" : "the process hangs or is gone";
    wrong.push(`${name} as ${as}: ${became}: ${String(error)} ${text.slice(0, 300)}`);
    return;
  } finally {
    calls += 1;
  }
  const tookMs = performance.now() - startMs;
  if (!stream && tookMs > slowestMs) [slowestMs, slowest] = [tookMs, `${name} ${text.slice(0, 200)}`];
  const code = codeIn(said, stream || ok ? ENDS_BADLY : /"code":"/);
  codes.set(code, (codes.get(code) ?? 0) + 1);
  if (code.startsWith("ROUTER_TOKEN_")) await renew();
  if (code === "RPC_INTERNAL" || code === "uncoded")
    wrong.push(`${name} as ${as}: ${said.slice(0, 300)} ${text.slice(0, 400)}`);
}

/** A stream's error stands in its last message. */
const ENDS_BADLY = /\{"error":\{"code":"/;

/** Connect refuses malformed JSON itself; everything else that fails must carry a code of ours. */
function codeIn(said: string, failed: RegExp): string {
  if (!failed.test(said)) return "answered";
  if (/cannot decode|parse JSON/.test(said)) return "not decoded";
  return /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?=:)/.exec(said)?.[0] ?? "uncoded";
}

const open = services
  .flatMap((service) => service.methods)
  .filter((method) => {
    const { callers } = getOption(method, rpc);
    return [Caller.ANYONE, Caller.PLAYER, Caller.ADMIN].some((caller) => callers.includes(caller));
  })
  .filter((method) => `${method.parent.typeName}/${method.name}`.includes(values.only));
try {
  for (let round = 0; round < Number(values.calls); round++) {
    if (round % 5 === 0) await renew();
    for (const method of open) await ask(method, round % 3 === 0 ? "player" : "admin");
  }
  await renew();
  const health = await fetch(`${url}/healthz`);
  const alive = health.ok;
  if (!alive) wrong.push(`unhealthy afterwards: ${(await health.text()).slice(0, 500)}`);
  const result = {
    methods: open.length,
    calls,
    codes: Object.fromEntries([...codes].sort()),
    slowestMs,
    slowest,
    wrong,
    alive,
  };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await orrery.kill();
  rmSync(data, { recursive: true, force: true });
}
process.exit(0);
