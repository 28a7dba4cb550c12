import { createMemoryTransport } from "@orrery/bus";
import { WorkflowService } from "@orrery/schema/orchestration/v1";
import { codecs } from "@orrery/schema/registry";
import {
  createLogger,
  errorCodeOf,
  type Host,
  type ServiceDefinition,
  startHost,
  systemClock,
} from "@orrery/service";
import { orchestration } from "../assembled.ts";
import type { Definition } from "../engine/mod.ts";
import { createTarget, type Target } from "./target.ts";
import { forTests } from "./workflows.ts";

/** The service beside a stand-in, in real time, on a database of the caller's; its clock can be set ahead. */
export async function startHosted(
  url: string,
  definitions: readonly Definition[] = forTests,
  target: Target = createTarget(),
  instance = "local",
  others: readonly ServiceDefinition[] = [],
) {
  let offset = 0;
  const host: Host = await startHost({
    services: [orchestration(definitions), target.definition, ...others],
    transport: createMemoryTransport(),
    storeUrl: (id) => (id === "orchestration" ? url : ":memory:"),
    instance,
    outsideTypes: [...codecs.values()].flatMap(({ event, typeName }) =>
      event === undefined ? [] : [typeName],
    ),
    env: {},
    clock: { now: () => systemClock.now() + offset, sleep: systemClock.sleep },
    log: createLogger("silent"),
  });
  const flows = host.directory.client(WorkflowService, { role: "admin", id: "ada", scopes: [] });
  const get = async (executionId: string) => {
    const { execution } = await flows.get({ executionId });
    if (execution === undefined) throw new Error("no execution");
    return execution;
  };
  return {
    ...{ host, target, flows, get },
    kit: () => host.running().find(({ definition }) => definition.id === "orchestration")?.kit,
    start: (workflowId: string, executionId: string, more: object = {}) =>
      flows.start({
        ...{ workflowId, executionId, worldId: "w" },
        input: { case: "json", value: JSON.stringify({ playerId: "player:bo", price: 5, ...more }) },
      }),
    later: (ms: number) => void (offset += ms),
    /** @throws when it does not come about within 10 s */
    async until(holds: () => Promise<boolean> | boolean): Promise<void> {
      for (const end = systemClock.now() + 10_000; !(await holds()); await systemClock.sleep(10))
        if (systemClock.now() > end) throw new Error("it did not come about");
    },
    code: (promise: Promise<unknown>) =>
      promise.then(
        () => "",
        (error: unknown) => errorCodeOf(error) ?? String(error),
      ),
    stop: () => host.stop(),
  };
}
