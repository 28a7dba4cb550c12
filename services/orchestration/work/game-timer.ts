import { TimeService } from "@orrery/schema/time/v1";
import { failureOf, type Kit } from "@orrery/service";
import { create } from "@bufbuild/protobuf";
import { FailureSchema } from "@orrery/schema/orchestration/v1";
import type { TimerStep } from "../engine/definition.ts";
import { seeing } from "../engine/see.ts";
import { faultOf } from "../engine/turn.ts";
import type { Answer } from "./call.ts";
import type { Order } from "./orders.ts";

const PAUSE_MS = 1_000;

/** What a game timer is called: its execution and step can be read from it. */
export const timerName = (executionId: string, stepId: string): string => `${executionId}/${stepId}`;

/**
 * Sets a timer of the execution's world. Under the same name and revision a second time changes nothing, so that it may be
 * set again after a kill.
 * @returns undefined: it is set, and told when it fires
 */
export async function armTimer(kit: Kit, order: Order, signal: AbortSignal): Promise<Answer | undefined> {
  const { execution, definition, run, key } = order;
  const { worldId } = execution;
  try {
    const wait = (order.step as TimerStep).wait(seeing(definition, execution));
    const afterGs = "gs" in wait ? wait.gs : 0;
    while (!signal.aborted) {
      try {
        const client = kit.client(TimeService);
        const { now } = await client.getClock({ worldId }, { signal });
        const dueGs = Math.ceil((now?.atGs ?? 0) + Math.max(1, afterGs));
        const timer = { timerId: timerName(execution.executionId, run.stepId), revision: 1, dueGs };
        await client.scheduleTimer({ worldId, idempotencyKey: key, timer }, { signal });
        return undefined;
      } catch (error) {
        const { code, sentence, retryable } = failureOf(error);
        if (!retryable) return { failure: create(FailureSchema, { code, sentence }) };
        await kit.clock.sleep(PAUSE_MS, signal);
      }
    }
    return undefined;
  } catch (error) {
    return { failure: faultOf(error) };
  }
}
