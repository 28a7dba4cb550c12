import { defineService } from "@orrery/service";
import { config } from "./config.ts";
import type { Definition } from "./engine/definition.ts";
import { executionsOf } from "./executions.ts";
import { figuresOf } from "./figures.ts";
import { erasuresOf } from "./hear/erased.ts";
import { eventsOf } from "./hear/events.ts";
import { forgettingOf } from "./keep/forget.ts";
import { executions as executionTables } from "./migrations/001-executions.ts";
import { workflowRpc } from "./rpc/workflow.ts";

/**
 * The service with these workflows.
 * @param crash called at each boundary of what is done outside, in trials of a process that ends there
 */
export function orchestration(definitions: readonly Definition[], crash?: (point: string) => void) {
  const executions = executionsOf(definitions, crash);
  const forgetting = forgettingOf(executions);
  const hearing = eventsOf(definitions, executions);
  return defineService({
    id: "orchestration",
    summary: "Work that spans services: done to its end, or undone step by step.",
    config,
    parts: [executions, forgetting, hearing, erasuresOf(forgetting), figuresOf(executions)],
    rpc: [workflowRpc(executions)],
    migrations: { "001-executions": executionTables },
  });
}
