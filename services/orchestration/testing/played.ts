import {
  type ShownExecution,
  StepCompleted,
  StepOutcomeSchema,
  WorkflowCompensated,
  WorkflowCompleted,
  WorkflowFailed,
  WorkflowService,
  WorkflowStarted,
} from "@orrery/schema/orchestration/v1";
import { errorCodeOf, type ServiceDefinition } from "@orrery/service";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { orchestration } from "../assembled.ts";
import type { Definition } from "../engine/mod.ts";
import { createTarget } from "./target.ts";
import { forTests } from "./workflows.ts";

const nameOf = (outcome: number) =>
  StepOutcomeSchema.values.find(({ number }) => number === outcome)?.localName;
const ADMIN = { role: "admin", id: "ada", scopes: [] } as const;
export const SHOP = { role: "service", id: "shop", scopes: [] } as const;
export const player = (id: string) => ({ role: "player", id, scopes: [] }) as const;

/** The service beside a stand-in for what its workflows call, under virtual time. */
export async function play(
  definitions: readonly Definition[] = forTests,
  others: readonly ServiceDefinition[] = [],
) {
  const target = createTarget();
  const services: TestServices = await testServices([
    orchestration(definitions),
    target.definition,
    ...others,
  ]);
  let keys = 0;
  const key = () => `test-key-${++keys}`;

  /** Time goes on while a call is answered. */
  async function during<T>(promise: Promise<T>): Promise<T> {
    let open = true;
    void promise.catch(() => undefined).finally(() => (open = false));
    while (open) await services.clock.advance(10);
    return promise;
  }
  const flows = (caller: { role: "admin" | "service" | "player"; id: string } = ADMIN) =>
    services.host.directory.client(WorkflowService, { scopes: [], ...caller });
  const purchase = (more: object = {}) =>
    JSON.stringify({ playerId: "player:bo", price: 5, memo: "region:mill", currency: "coin", ...more });

  return {
    ...{ services, target, during, flows, key, purchase },
    start: (
      workflowId: string,
      executionId: string,
      more: object = {},
      caller: Parameters<typeof flows>[0] = SHOP,
    ) =>
      during(
        flows(caller).start({
          workflowId,
          executionId,
          worldId: "w",
          input: { case: "json", value: purchase(more) },
        }),
      ),
    async get(executionId: string): Promise<ShownExecution> {
      const { execution } = await during(flows().get({ executionId }));
      return execution as ShownExecution;
    },
    pass: (ms = 2_000) => services.pass(ms),
    /** Events of an execution so far, in words. */
    said: () => [
      ...services.said(WorkflowStarted).map(({ executionId }) => `${executionId} started`),
      ...services
        .said(StepCompleted)
        .map(
          ({ executionId, stepId, item, outcome }) =>
            `${executionId} ${stepId}${item && `/${item}`} ${nameOf(outcome)}`,
        ),
      ...services
        .said(WorkflowFailed)
        .map(
          ({ executionId, errorCode, compensating }) => `${executionId} failed ${errorCode} ${compensating}`,
        ),
      ...services
        .said(WorkflowCompensated)
        .map(
          ({ executionId, compensated, stuck }) =>
            `${executionId} undone ${compensated.join()} stuck ${stuck.join()}`,
        ),
      ...services.said(WorkflowCompleted).map(({ executionId }) => `${executionId} completed`),
    ],
    code: (promise: Promise<unknown>) =>
      during(
        promise.then(
          () => "",
          (error: unknown) => errorCodeOf(error) ?? String(error),
        ),
      ),
    stop: () => services.stop(),
  };
}
export type Played = Awaited<ReturnType<typeof play>>;
