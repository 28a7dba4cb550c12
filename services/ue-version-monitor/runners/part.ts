import { readFileSync } from "node:fs";
import {
  ReportStepRequest,
  ReportStepRequestSchema,
  UpgradeResponse,
  UpgradeState as S,
} from "@orrery/schema/engine/v1";
import { fromJsonString } from "@bufbuild/protobuf";
import type { Kit, Part } from "@orrery/service";
import { encodeBytes, OrreryError } from "@orrery/wire";
import { z } from "zod";
import type { Config } from "../config.ts";
import { engineErrors } from "../errors.ts";
import { keeper } from "../keep/keeper.ts";
import { readYaml } from "../subjects/read-yaml.ts";
import { subjects } from "../subjects/part.ts";
import { advance } from "../upgrades/advance.ts";
import { report } from "../upgrades/report.ts";
import { mustUpgrade } from "../upgrades/store.ts";
import { type AllowList, commandRunner } from "./command.ts";
import { httpRunner } from "./http.ts";
import { manualRunner } from "./manual.ts";
import type { Job, Runner } from "./runner.ts";

export interface Runners {
  /** @throws ENGINE_RUNNER_REJECTED where it is not set up */
  of(name: string): Runner;
  /** Another process leads: what runs in this one ends. */
  standBy(): Promise<void>;
}

const allowShape = z.record(z.string(), z.tuple([z.string().min(1)], z.string()));

/** Who carries upgrades out. */
export const runnersOf: Part<Runners> = {
  name: "runners",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const { jobsUrl, jobsSecret, commandRunner: mayCommand, commandList } = kit.config as Config;
    const runners = new Map<string, Runner>([["manual", manualRunner]]);
    if (jobsUrl !== "" && jobsSecret !== "")
      runners.set(
        "http",
        httpRunner(jobsUrl, jobsSecret, kit.clock, () => kit.hostMs()),
      );
    if (mayCommand === "allow")
      runners.set("command", commandRunner(readAllowed(commandList), reported(kit), ended(kit)));
    const endAll = async () => {
      for (const runner of runners.values()) await runner.endAll();
    };
    return {
      handle: {
        standBy: endAll,
        of(name) {
          const runner = runners.get(name);
          if (runner !== undefined) return runner;
          throw new OrreryError(engineErrors.ENGINE_RUNNER_REJECTED, { given: `${name}: ${wanted(name)}` });
        },
      },
      stop: endAll,
    };
  },
};

const wanted = (name: string): string =>
  name === "http"
    ? "it needs UE_VERSION_MONITOR_JOBS_URL and UE_VERSION_MONITOR_JOBS_SECRET"
    : "it needs UE_VERSION_MONITOR_COMMAND_RUNNER=allow and a UE_VERSION_MONITOR_COMMAND_LIST";

/** @throws ENGINE_SUBJECTS with file and line */
function readAllowed(file: string): AllowList {
  let text: string;
  try {
    text = file === "" ? "{}" : readFileSync(file, "utf8");
  } catch (cause) {
    throw new OrreryError(engineErrors.ENGINE_SUBJECTS, { given: `${file} cannot be read`, cause });
  }
  return new Map(Object.entries(readYaml(file || "allow-list", text, allowShape).value));
}

/** A line of a program, as the report of the job that it is. */
const reported = (kit: Kit) => async (job: Job, line: string) => {
  const given = ReportStepRequest.decode(
    encodeBytes(
      ReportStepRequest,
      fromJsonString(ReportStepRequestSchema, line, { ignoreUnknownFields: true }),
    ),
  );
  await kit.part(keeper).submit({
    reply: UpgradeResponse,
    async run(turn) {
      const upgrade = await mustUpgrade(turn.db, job.upgradeId);
      if (upgrade.jobRef !== job.jobRef) return {};
      const file = kit.part(subjects).must(upgrade.subjectId);
      return {
        upgrade: await report(turn, file, upgrade, given, { actor: "runner:command", person: false }),
      };
    },
  });
};

/** A program that ended with a failure while something was still to be done. */
const ended = (kit: Kit) => async (job: Job, reason: string) => {
  await kit.part(keeper).submit({
    reply: UpgradeResponse,
    async run(turn) {
      const upgrade = await mustUpgrade(turn.db, job.upgradeId);
      const isOpen = upgrade.state === S.BUILDING || upgrade.state === S.TESTING;
      if (upgrade.jobRef !== job.jobRef || !isOpen) return {};
      return { upgrade: await advance(turn, upgrade, S.FAILED, { actor: "runner:command", reason }) };
    },
  });
};
