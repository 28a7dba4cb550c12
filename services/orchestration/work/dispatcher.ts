import { create } from "@bufbuild/protobuf";
import { AnswerInputSchema, type Execution } from "@orrery/schema/orchestration/v1";
import { errorCodeOf, type Kit } from "@orrery/service";
import type { Registry } from "../definitions/registry.ts";
import type { ChildStep } from "../engine/definition.ts";
import { childId } from "../engine/ids.ts";
import { orchestrationErrors } from "../errors.ts";
import type { Writer } from "../write/writer.ts";
import { type Answer, carryOut } from "./call.ts";
import { startChild } from "./child.ts";
import { armTimer } from "./game-timer.ts";
import { type Order, ordersOf } from "./orders.ts";
import { createQueue, type Limits } from "./queue.ts";

/** Does what executions want done, and tells them what came of it. */
export interface Dispatcher {
  /** Looks at an execution as it was committed. */
  sync(execution: Execution): void;
  readonly waiting: number;
  readonly running: number;
  /** Age of the oldest order that waits for its turn, ms. */
  lagMs(): number;
  close(): Promise<void>;
}

const TELL_AGAIN_MS = 200;

/** Called at each boundary of an order, in trials of a process that ends there: `before`, `after` or `told`, and its name. */
export type Boundary = (point: string, signal: AbortSignal) => void | Promise<void>;

export function createDispatcher(
  kit: Kit,
  registry: Registry,
  writer: () => Writer,
  limits: Limits,
  at: Boundary = () => {},
): Dispatcher {
  const queue = createQueue(limits);
  /** All that is out, by execution and name. */
  const out = new Map<string, Map<string, { readonly sinceMs: number; begun: boolean }>>();
  const stopping = new AbortController();
  const under = new Set<Promise<void>>();

  function sync(execution: Execution): void {
    const definition = registry.of(execution.workflowId, execution.workflowVersion);
    const orders = ordersOf(definition, execution);
    const before = out.get(execution.executionId);
    if (orders.length === 0) {
      out.delete(execution.executionId);
      return;
    }
    const now = new Map<string, { readonly sinceMs: number; begun: boolean }>();
    for (const order of orders) {
      const known = before?.get(order.name);
      now.set(order.name, known ?? { sinceMs: kit.clock.now(), begun: false });
      if (known === undefined) queue.add(order);
    }
    out.set(execution.executionId, now);
    pump();
  }

  function pump(): void {
    for (;;) {
      if (stopping.signal.aborted) return;
      const order = queue.take();
      if (order === undefined) return;
      const entry = out.get(order.execution.executionId)?.get(order.name);
      // It has come to an end while it waited for its turn.
      if (entry === undefined) {
        queue.done(order);
        continue;
      }
      entry.begun = true;
      const running = carry(order).finally(() => {
        queue.done(order);
        under.delete(running);
        pump();
      });
      under.add(running);
    }
  }

  async function carry(order: Order): Promise<void> {
    const { signal } = stopping;
    await at(`before ${order.name}`, signal);
    if (signal.aborted) return;
    const answer = await done(order, signal);
    await at(`after ${order.name}`, signal);
    if (answer === undefined || signal.aborted) return;
    await tell(order, answer);
    await at(`told ${order.name}`, signal);
  }

  /** @returns undefined: what comes of it is told later, by others */
  async function done(order: Order, signal: AbortSignal): Promise<Answer | undefined> {
    const { execution, run, step } = order;
    if (order.kind === "timer") return armTimer(kit, order, signal);
    if (order.kind === "child") return startChild(writer(), registry, order, step as ChildStep);
    if (order.kind === "cancel") {
      const id = childId(execution.executionId, run.stepId);
      const value = {
        $typeName: "orchestration.v1.CancelInput" as const,
        reason: "its parent ends",
        by: execution.executionId,
      };
      await again(() => writer().submit((sheet) => sheet.tell(id, { case: "cancel", value })));
      return undefined;
    }
    return carryOut(kit, order, signal);
  }

  const tell = ({ execution, run, kind, attempt }: Order, answer: Answer): Promise<void> =>
    again(async () => {
      const value = create(AnswerInputSchema, {
        ...{ stepId: run.stepId, item: run.item, undo: kind === "undo", attempt },
        ...answer,
      });
      await writer().submit((sheet) => sheet.tell(execution.executionId, { case: "answer", value }));
    });

  /** What was found out is told, however long the database is away. */
  async function again(act: () => Promise<unknown>): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await act();
        return;
      } catch (error) {
        const code = errorCodeOf(error);
        if (code !== orchestrationErrors.ORCH_BUSY.code && code !== orchestrationErrors.ORCH_STORE_AWAY.code)
          kit.log.error({ err: error }, "what came of a call could not be written; tried again");
        await kit.clock.sleep(TELL_AGAIN_MS, stopping.signal);
      }
    }
  }

  return {
    sync,
    get waiting() {
      return queue.waiting;
    },
    get running() {
      return queue.running;
    },
    lagMs() {
      let oldest = Number.POSITIVE_INFINITY;
      for (const own of out.values())
        for (const { begun, sinceMs } of own.values()) if (!begun && sinceMs < oldest) oldest = sinceMs;
      return Math.max(0, kit.clock.now() - Math.min(oldest, kit.clock.now()));
    },
    async close() {
      stopping.abort();
      queue.clear();
      await Promise.all(under);
    },
  };
}
