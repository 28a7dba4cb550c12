import { defineService } from "@orrery/service";
import { allowancesOf } from "./admission/allowances.ts";
import { config } from "./config.ts";
import type { Definition } from "./engine/definition.ts";
import { executionsOf } from "./executions.ts";
import { figuresOf } from "./figures.ts";
import { erasuresOf } from "./hear/erased.ts";
import { eventsOf } from "./hear/events.ts";
import { forgettingOf } from "./keep/forget.ts";
import { content as contentTables } from "./migrations/002-content.ts";
import { executions as executionTables } from "./migrations/001-executions.ts";
import { admissionRpc } from "./rpc/admission.ts";
import { contentRpc } from "./rpc/content.ts";
import { encounterRpc } from "./rpc/encounter.ts";
import { workflowRpc } from "./rpc/workflow.ts";
import type { Boundary } from "./work/dispatcher.ts";

/**
 * The service with these workflows.
 * @param at called at each boundary of what is done outside, in trials
 */
export function orchestration(definitions: readonly Definition[], at?: Boundary) {
  const executions = executionsOf(definitions, at);
  const forgetting = forgettingOf(executions);
  const allowances = allowancesOf(executions);
  const hearing = eventsOf(definitions, executions);
  return defineService({
    id: "orchestration",
    summary: "Work that spans services: done to its end, or undone step by step.",
    config,
    parts: [executions, forgetting, hearing, allowances, erasuresOf(forgetting), figuresOf(executions)],
    rpc: [
      encounterRpc,
      workflowRpc(executions),
      contentRpc(executions, allowances),
      admissionRpc(executions, allowances),
    ],
    migrations: { "001-executions": executionTables, "002-content": contentTables },
  });
}
