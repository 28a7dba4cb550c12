import { atLeast, atMost, type Claim } from "../claim.ts";
import { benchJson } from "../program.ts";

interface BusBench {
  readonly results: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

async function figures(name: string, ...args: string[]): Promise<Readonly<Record<string, number>>> {
  const { results } = await benchJson<BusBench>("bench/bus/main.ts", name, ...args);
  const found = results[name];
  if (found === undefined) throw new Error(`bench/bus has no ${name}`);
  return found;
}

const perSecond = (value: number) => `${Math.round(value).toLocaleString("en")}/s`;

function throughput(id: string, bench: string, sentence: string, least: number): Claim {
  return {
    id,
    sentence,
    measured:
      "one process, three subscriptions, encoding and reading included; an event counts once when all three have handled it (bench/bus)",
    threshold: `at least ${least.toLocaleString("en")} events/s`,
    async run() {
      const { eventsPerS = 0, deliveriesPerS = 0 } = await figures(bench);
      return atLeast(
        eventsPerS,
        least,
        `${perSecond(eventsPerS)} published, ${perSecond(deliveriesPerS)} delivered`,
      );
    },
  };
}

const LATENCY_MS = 5;

function latency(id: string, bench: string, where: string): Claim {
  return {
    id,
    sentence: `From publish to handler at 50,000 events a second, ${where}`,
    measured: "realtime lane, p99 (bench/bus)",
    threshold: `p99 under ${LATENCY_MS} ms`,
    async run() {
      const { p50Ms = 0, p99Ms = Number.POSITIVE_INFINITY } = await figures(bench);
      return atMost(p99Ms, LATENCY_MS, `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`);
    },
  };
}

export const claims: readonly Claim[] = [
  throughput("bus.memory", "memory-views", "In memory, with lazy views", 5_000_000),
  throughput("bus.memory-async", "memory-async", "In memory, with asynchronous handlers", 1_000_000),
  throughput("bus.disk", "disk", "Durable on disk, with group commit and fsync", 1_000_000),
  latency("bus.latency", "latency-memory", "in memory"),
  latency("bus.latency-disk", "latency-disk", "durable on disk"),
  {
    id: "bus.flat",
    sentence: "The cost of an event does not depend on how many there are",
    measured:
      "ns an event at 10^4, 10^5, 10^6 (with --full 10^7), largest against smallest, in memory and on disk (bench/bus)",
    threshold: "within 2x",
    async run(full) {
      const costs = await figures("flatness", ...(full ? ["--full"] : []));
      const ratio = (kind: string) => {
        const values = Object.entries(costs)
          .filter(([name]) => name.startsWith(kind))
          .map(([, ns]) => ns);
        return Math.max(...values) / Math.min(...values);
      };
      const [memory, disk] = [ratio("memory"), ratio("disk")];
      return atMost(Math.max(memory, disk), 2, `memory ${memory.toFixed(2)}x, disk ${disk.toFixed(2)}x`);
    },
  },
  {
    id: "bus.heap",
    sentence: "The heap stays flat however many events pass",
    measured: "slope over 3,000,000 events, in memory and on disk (bench/bus)",
    threshold: "under 8 bytes an event",
    async run() {
      const memory = await figures("heap-memory");
      const disk = await figures("heap-disk");
      const most = Math.max(memory["bytesPerEvent"] ?? Infinity, disk["bytesPerEvent"] ?? Infinity);
      return atMost(
        most,
        8,
        `memory ${memory["bytesPerEvent"]?.toFixed(1)}, disk ${disk["bytesPerEvent"]?.toFixed(1)} bytes an event`,
      );
    },
  },
];
