import type { Claim } from "../claim.ts";
import { runProgram } from "../program.ts";

/** A bench/weather program prints lines that begin with ok or FAIL; one FAIL is a failure. */
function weatherClaim(
  id: string,
  sentence: string,
  program: string,
  threshold: string,
  args: (full: boolean) => readonly string[] = () => [],
): Claim {
  return {
    id: `weather-manager.${id}`,
    sentence,
    measured: `bench/weather/${program}`,
    threshold,
    async run(full) {
      const { code, stdout } = await runProgram([`bench/weather/${program}`, ...args(full)]);
      const lines = stdout.trim().split("\n");
      const bad = lines.filter((line) => line.includes("FAIL"));
      const well = code === 0 && bad.length === 0 && lines.some((line) => line.startsWith("ok"));
      return {
        status: well ? "pass" : "fail",
        figure: (bad.length > 0 ? bad : lines).map((line) => line.replace(/^ok\s+/, "")).join("; "),
      };
    },
  };
}

export const claims: readonly Claim[] = [
  weatherClaim(
    "climate",
    "Ten simulated years have the shares and means of the page",
    "climate.ts",
    "wet hours and mean temperature by season",
  ),
  weatherClaim(
    "forecast",
    "Forecasts are as confident as they are right",
    "forecast.ts",
    "classes ± 7 points; Brier skill > .6, .4, 0 at 3, 12, 24 h; band 74-86 %",
  ),
  weatherClaim(
    "speed",
    "A step and a forecast take milliseconds",
    "speed.ts",
    "16 regions < 1 ms, 1,000 < 60 ms, 168 h forecast < 60 ms",
  ),
  weatherClaim(
    "invariants",
    "No hour of simulated years breaks an invariant",
    "century.ts",
    "0 broken",
    (full) => ["--years", full ? "100" : "5"],
  ),
];
