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
];
