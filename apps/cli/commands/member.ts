import { Command } from "commander";
import { startTelemetry } from "@orrery/service";
import { whole } from "../numbers.ts";
import { startMember } from "../run/member.ts";
import { readPlan } from "../run/plan.ts";
import { letYoungGenerationGrow } from "../young-generation.ts";
import { untilStopped } from "./start.ts";

/** What `orrery start --processes per-service` runs for each copy of each service. */
export const member = new Command("member")
  .description("Runs one service of a deployment that was started elsewhere.")
  .argument("<service>")
  .requiredOption("--data <folder>", "data folder of the deployment")
  .option("--copy <n>", "which copy of the service, from 0", whole(0, 63), 0)
  .action(async (service: string, { data, copy }: { data: string; copy: number }) => {
    const telemetry = await startTelemetry(service, process.env);
    const host = await startMember(readPlan(data), service, copy).catch(async (error: unknown) => {
      await telemetry?.stop();
      throw error;
    });
    letYoungGenerationGrow();
    // Whoever started this process waits for it.
    process.send?.("started");
    process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
    await untilStopped(async () => {
      await host.stop();
      await telemetry?.stop();
    });
  });
