import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../errors.ts";
import { decimal } from "../numbers.ts";
import { printRows } from "../print.ts";
import { innerUrl, planFile, readPlan } from "../run/plan.ts";

interface CostOptions {
  readonly data: string;
  readonly metrics?: readonly string[];
  readonly over: number;
  readonly json?: boolean;
}

/** Where the processes of a deployment tell what they counted; of one process, its own address. */
function pages({ data, metrics }: CostOptions): readonly string[] {
  if (metrics !== undefined) return metrics;
  if (!existsSync(planFile(data))) return ["http://127.0.0.1:7070/metrics"];
  const { members } = readPlan(data);
  return Object.values(members).flatMap((ports) => ports.map((port) => `${innerUrl(port)}/metrics`));
}

/** The page that a single process shows on its one port is for operators. */
async function page(url: string, data: string): Promise<string> {
  const file = join(data, "router", "admin-secret");
  const headers = existsSync(file)
    ? { authorization: `Bearer ${readFileSync(file, "utf8").trim()}` }
    : undefined;
  const answer = await fetch(url, headers && { headers }).catch(() => undefined);
  if (answer?.ok !== true) throw new OrreryError(cliErrors.CLI_NO_WORLD_RUNS, { given: url });
  return answer.text();
}

const messaging = new Command("messaging")
  .description("What a day of SNS and SQS costs, from the calls counted while this looks on.")
  .option("--data <folder>", "data folder of the deployment", process.env["ORRERY_DATA"] ?? ".orrery")
  .option("--metrics <url...>", "pages that count, instead of those of the deployment")
  .option("--over <seconds>", "how long to look on", decimal(1, 86_400), 60)
  .option("--json", "as JSON lines")
  .action(async (options: CostOptions) => {
    const { billOf, countsIn, difference, PRICES } = await import("@orrery/bus-aws");
    const urls = pages(options);
    const look = async () => countsIn(...(await Promise.all(urls.map((url) => page(url, options.data)))));
    const before = await look();
    if (before.size === 0) throw new OrreryError(cliErrors.CLI_NOT_BILLED, { given: urls.join(", ") });
    const beganMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, options.over * 1000));
    const counts = difference(await look(), before);
    const { lines, usdPerDay } = billOf(counts, (performance.now() - beganMs) / 1000);
    const rows = lines
      .filter(({ requestsPerDay }) => requestsPerDay > 0)
      .map((line) => ({
        api: line.api,
        "calls/day": Math.round(line.callsPerDay),
        "billed requests/day": Math.round(line.requestsPerDay),
        "USD/day": line.usdPerDay,
      }));
    printRows([...rows, { api: "all", "USD/day": usdPerDay }], options.json);
    if (!options.json)
      console.log(
        `List prices of ${PRICES.region}, ${PRICES.read}; without free tiers, transfer and storage of logs.`,
      );
  });

export const cost = new Command("cost").description("What running costs.").addCommand(messaging);
