import { atMost, type Claim } from "../claim.ts";
import { runProgram } from "../program.ts";

type Figures = Readonly<Record<string, number>>;

/** A bench/journal program ends with 0 or 1 and prints one line of JSON; anything else is an error. */
async function journal(program: string, ...args: string[]): Promise<Figures> {
  const { stdout, stderr } = await runProgram([`bench/journal/${program}`, ...args, "--json"]);
  const last = stdout.trim().split("\n").at(-1) ?? "";
  if (!last.startsWith("{")) throw new Error(`${program} gave no figures: ${stderr.slice(-500)}`);
  return JSON.parse(last) as Figures;
}

export const claims: readonly Claim[] = [
  {
    id: "event-bus.kill9",
    sentence: "A journal that is killed with -9 under load equals the ledger of its writer, byte for byte",
    measured:
      "event-bus alone in a process, killed 5 times (20 with --full) under 20,000 events/s of another; its files read by other code (bench/journal/kill9.ts)",
    threshold: "0 frames or events missing, double or changed; 0 ordinals without an event",
    async run(full) {
      const {
        rounds,
        perSecond,
        written = 0,
        events = 0,
        missing,
        extra,
        changed,
        ordinals,
      } = await journal("kill9.ts", "--rounds", full ? "20" : "5");
      const wrong =
        (missing ?? 1) + (extra ?? 1) + (changed ?? 1) + (ordinals ?? 1) + Math.abs(written - events);
      return atMost(
        wrong,
        0,
        `${rounds} kills, ${written.toLocaleString("en")} events at ${perSecond}/s: ${missing} missing, ${extra} double, ${changed} changed`,
      );
    },
  },
  {
    id: "event-bus.disk-full",
    sentence: "A full disk makes the journal wait, not lose; room makes it go on by itself",
    measured:
      "a tmpfs of 64 MiB filled to the last block for 8 s (150 s with --full, longer than the bus retries) at 5,000 events/s (bench/journal/disk-full.ts)",
    threshold: "unhealthy while full, healthy afterwards; 0 events missing, double or changed",
    async run(full) {
      const { code, stdout, stderr } = await runProgram([
        "bench/journal/disk-full.ts",
        "--json",
        "--full-s",
        full ? "150" : "8",
      ]);
      if (code === 3) return { status: "not-run", figure: stderr.trim() };
      return { status: code === 0 ? "pass" : "fail", figure: stdout.trim() || stderr.slice(-500) };
    },
  },
  {
    id: "event-bus.stalled",
    sentence: "A consumer that stands still shows, and what it has not handled is counted",
    measured: "SIGSTOP on a consumer's process under 2,000 events/s, then SIGCONT (bench/journal/stalled.ts)",
    threshold: "STALLED within 10 s; lag within 5 % of the ledger; back to 0",
    async run() {
      const { seenMs = Infinity, offPercent = Infinity, left = Infinity } = await journal("stalled.ts");
      return {
        status: seenMs <= 10_000 && offPercent <= 5 && left === 0 ? "pass" : "fail",
        figure: `STALLED after ${(seenMs / 1000).toFixed(1)} s; lag ${offPercent.toFixed(2)} % off; ${left} left afterwards`,
      };
    },
  },
];
