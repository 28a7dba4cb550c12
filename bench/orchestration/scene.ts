import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openEmbeddedTransport } from "@orrery/bus";
import { orchestration } from "@orrery/orchestration/assembled";
import { WorkflowService } from "@orrery/schema/orchestration/v1";
import { WalletService } from "@orrery/schema/payment/v1";
import { codecs } from "@orrery/schema/registry";
import { createLogger, type Host, startHost, systemClock } from "@orrery/service";
import { standIn } from "@orrery/simulation/testing";
import { defineErrors, OrreryError } from "@orrery/wire";
import { forTrials } from "./workflows.ts";

const READY_MS = 10;
const kinds = defineErrors({
  TRIAL_NO: { status: "failed_precondition", summary: "No", todo: "Ask for something else" },
});

export interface Scene {
  readonly host: Host;
  readonly flows: ReturnType<typeof flowsOf>;
  start(workflowId: string, executionId: string): Promise<unknown>;
}
const flowsOf = ({ directory }: Host) =>
  directory.client(WorkflowService, { role: "admin", id: "trial", scopes: [] });

/**
 * The service on a log and a database on disk, beside whoever its workflows call.
 * @param act has the effect; true: it is refused
 */
export async function openScene(
  folder: string,
  act: (key: string, effect: string) => Promise<boolean> | boolean,
  at?: Parameters<typeof orchestration>[1],
): Promise<Scene> {
  const log = createLogger("fatal");
  const doing = async (key: string, effect: string) => {
    if (await act(key, effect)) throw new OrreryError(kinds.TRIAL_NO, { given: effect });
  };
  const target = standIn("payment", WalletService, {
    async hold({ idempotencyKey, memo }) {
      await doing(idempotencyKey, `hold ${memo}`);
      return { hold: { holdId: memo, memo } };
    },
    async release({ idempotencyKey, holdId }) {
      await doing(idempotencyKey, `release ${holdId}`);
      return {};
    },
  });
  const events = [...codecs.values()].flatMap(({ event, typeName }) =>
    event === undefined ? [] : [typeName],
  );
  const host = await startHost({
    services: [target, orchestration(forTrials, at)],
    transport: openEmbeddedTransport({ dir: join(folder, "bus"), exclusive: true, clock: systemClock, log }),
    storeUrl: (id) => join(folder, `${id}.db`),
    outsideTypes: events,
    env: { ORCHESTRATION_CALLS_IN_ALL: "2000", ORCHESTRATION_CALLS_PER_TARGET: "2000" },
    log,
  });
  const flows = flowsOf(host);
  for (let tries = 0; !(await flows.listDefinitions({}).then(Boolean, () => false)); tries++) {
    if (tries > 1_000) throw new Error("the service is not ready");
    await wait(READY_MS);
  }
  return {
    ...{ host, flows },
    async start(workflowId, executionId) {
      // Whoever begins it tries again until it is told that it has begun: of a process that comes up the lease may be another's.
      for (;;) {
        try {
          return await flows.start({
            workflowId,
            executionId,
            worldId: "w",
            input: { case: "json", value: "{}" },
          });
        } catch (error) {
          if (!/SERVICE_NOT_READY|ORCH_BUSY|ORCH_STORE_AWAY/.test(String(error))) throw error;
          await wait(READY_MS);
        }
      }
    },
  };
}
