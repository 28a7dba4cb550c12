import type { Kit } from "@orrery/service";
import type { Job } from "../runners/runner.ts";
import type { EngineTables } from "../tables.ts";
import type { UpgradeKept } from "./store.ts";
import { jobToken } from "./token.ts";

/** An upgrade as its runner is told of it. */
export async function jobOf(kit: Kit, upgrade: UpgradeKept): Promise<Job> {
  const { jobRef, upgradeId, subjectId, attempt, suites, fromVersion, toVersion } = upgrade;
  return {
    ...{ jobRef, upgradeId, subjectId, attempt, suites },
    from: fromVersion?.text ?? "",
    to: toVersion?.text ?? "",
    token: await jobToken(kit.store.as<EngineTables>(), upgrade),
  };
}
