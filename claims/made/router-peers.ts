import type { Claim } from "../claim.ts";
import { benchJson } from "../program.ts";

interface Called {
  readonly perCoreS: number;
  readonly p99Ms: number;
}

interface Peer {
  readonly calls: { readonly socket: Called; readonly http?: Called };
  readonly alone: { readonly core: number };
  readonly few: { readonly core: number; readonly usABatch: number; readonly batchesAClientPerS: number };
  readonly many: { readonly core: number; readonly usABatch: number; readonly batchesAClientPerS: number };
  readonly cutFew?: Coming;
  readonly cutMany?: Coming;
  readonly killed?: Coming;
}

/** Of all clients, until the last has what it missed. */
interface Coming {
  readonly seconds: number;
  readonly gapless: number;
  readonly callsP99Ms?: number;
}

const rate = (called: Called | undefined) => Math.round(called?.perCoreS ?? 0);

interface Siege {
  readonly silent: number;
  readonly unanswered: number;
  readonly healthP99Ms: number;
  readonly callP99Ms: number;
  readonly grownMiB: number;
  readonly stored: number;
  readonly mayStore: number;
}

const PEER_TIMES = 1.5;
/** Of 20 batches a second. */
const PEER_PACE = 17;
const CALLS_A_CORE = 10_000;
const BACK_S = 3;
const RESTARTED_S = 5;
const CALL_MS = 250;
const SIEGE_MIB = 50;

const peers = (full: boolean) =>
  full
    ? benchJson<Record<"ours" | "bare" | "colyseus", Peer>>("bench/peers/main.ts")
    : benchJson<Record<"ours" | "bare" | "colyseus", Peer>>(
        "bench/peers/main.ts",
        "--seconds",
        "2",
        "--without-returns",
      );

const status = (well: boolean) => (well ? "pass" : "fail");

export const claims: readonly Claim[] = [
  {
    id: "router.peers",
    sentence:
      "Sending to a client costs at most half as much again as a bare WebSocket server, and a core answers 10,000 calls a second",
    measured:
      "1,000 clients in 16 regions beside bare ws, fastify and Colyseus 0.18, a core for the server and one for the load: CPU for each batch beside what the world itself takes, and for each call (bench/peers/main.ts)",
    threshold: `at 20 events/s a region at most ${PEER_TIMES} times bare ws; ${CALLS_A_CORE} calls/s a core over the socket`,
    async run(full) {
      const { ours, bare, colyseus } = await peers(full);
      const own = ours.few.usABatch * (1 - ours.alone.core / ours.few.core);
      const times = own / bare.few.usABatch;
      const calls = Math.round(ours.calls.socket.perCoreS);
      const few = `${own.toFixed(1)} µs a batch (${ours.few.usABatch.toFixed(1)} with the world's own work) against ${bare.few.usABatch.toFixed(1)}: ${times.toFixed(2)} times`;
      const many = `at 200 events/s ${ours.many.usABatch.toFixed(1)} µs against ${bare.many.usABatch.toFixed(1)}`;
      const http = `${rate(ours.calls.http)} over HTTP against fastify's ${rate(bare.calls.http)}`;
      const other = `Colyseus ${colyseus.few.usABatch.toFixed(1)} and ${colyseus.many.usABatch.toFixed(1)} µs a batch, ${rate(colyseus.calls.socket)} calls`;
      const paces = `${ours.few.batchesAClientPerS.toFixed(1)} and ${bare.few.batchesAClientPerS.toFixed(1)} batches a second`;
      const figure = `${few}; ${many}; ${paces}; ${calls} calls/s a core against ${rate(bare.calls.socket)}, ${http}; ${other}`;
      // Where not even the bare server keeps its pace, the machine has no core to give.
      if (bare.few.batchesAClientPerS < PEER_PACE) return { status: "not-run", figure };
      const paced = ours.few.batchesAClientPerS >= PEER_PACE;
      const well = paced && own > 0 && times <= PEER_TIMES && calls >= CALLS_A_CORE;
      return { status: status(well), figure };
    },
  },
  {
    id: "router.returns",
    sentence:
      "1,000 clients that were cut for 2 s are back at once, also under load and after a kill, while calls are answered",
    measured:
      "cut for 2 s at 320 and at 3,200 events a second; kill -9 and a restart; until the last has what it missed and what was said since; 100 calls a second meanwhile (bench/peers/main.ts)",
    threshold: `all gapless, within ${BACK_S} s, after a restart ${RESTARTED_S} s; calls meanwhile p99 under ${CALL_MS} ms`,
    long: true,
    async run() {
      const { ours } = await peers(true);
      const { cutFew, cutMany, killed } = ours;
      if (cutFew === undefined || cutMany === undefined || killed === undefined)
        return { status: "fail", figure: "nobody came back" };
      const gapless = cutFew.gapless + cutMany.gapless + killed.gapless;
      const callsP99Ms = Math.max(...[cutFew, cutMany, killed].map((one) => one.callsP99Ms ?? Number.NaN));
      const well =
        gapless === 3_000 &&
        cutFew.seconds <= BACK_S &&
        cutMany.seconds <= BACK_S &&
        killed.seconds <= RESTARTED_S &&
        callsP99Ms < CALL_MS;
      const times = [cutFew, cutMany, killed].map(({ seconds }) => `${seconds.toFixed(1)} s`);
      const figure = `at 320 events/s ${times[0]}, at 3,200 ${times[1]}, after a kill ${times[2]}, ${gapless} of 3000 gapless; calls meanwhile p99 ${callsP99Ms.toFixed(0)} ms`;
      return { status: status(well), figure };
    },
  },
  {
    id: "router.siege",
    sentence:
      "Bombs, endless and slow bodies and floods from an address without rights: everybody is answered, and others play on",
    measured:
      "3,000 token requests, with --full 100,000, beside bombs, endless and slow bodies, noise, streams and subscriptions; a player elsewhere asks 20 times a second (bench/edge/siege.ts)",
    threshold: `/healthz and calls p99 under ${CALL_MS} ms, ${SIEGE_MIB} MB more at most than as many ordinary requests take, no more stored than the rate allows, nobody left without an answer`,
    async run(full) {
      const given = full ? ["--tokens", "100000", "--seconds", "120"] : [];
      const result = await benchJson<Siege>("bench/edge/siege.ts", ...given);
      const { silent, unanswered, healthP99Ms, callP99Ms, grownMiB, stored, mayStore } = result;
      const well = healthP99Ms < CALL_MS && callP99Ms < CALL_MS && (grownMiB * 2 ** 20) / 1e6 <= SIEGE_MIB;
      const figure = `/healthz p99 ${healthP99Ms.toFixed(0)} ms, calls ${callP99Ms.toFixed(0)} ms, ${grownMiB.toFixed(0)} MiB more, ${stored} of ${mayStore} tokens stored, ${silent + unanswered} without an answer`;
      return { status: status(well && silent + unanswered === 0 && stored <= mayStore), figure };
    },
  },
];
