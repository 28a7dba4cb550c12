import { create } from "@bufbuild/protobuf";
import { type Execution, ExecutionSchema, Recorded } from "@orrery/schema/orchestration/v1";
import type { Kysely } from "kysely";
import type { Registry } from "../definitions/registry.ts";
import { apply, type Input } from "../engine/apply.ts";
import type { OrchestrationTables } from "../store/rows.ts";
import { encodedEvent } from "../write/frames.ts";
import { digestOf } from "../write/sheet.ts";

/** Handles a history again from its beginning; the answers are in it, so nobody is called. */
export async function replayed(
  db: Kysely<OrchestrationTables>,
  registry: Registry,
  as: Execution,
): Promise<{ readonly inputs: number; readonly events: number; readonly differsAt: number }> {
  const rows = await db
    .selectFrom("history")
    .selectAll()
    .where("execution", "=", as.executionId)
    .orderBy("seq")
    .execute();
  const { executionId, workflowId, workflowVersion, worldId, ownerId, ownerIsPlayer, input, inputSha256 } =
    as;
  const { rung, startedMs, deadlineMs, parentExecutionId, parentStep, depth } = as;
  const execution = create(ExecutionSchema, {
    ...{ executionId, workflowId, workflowVersion, worldId, ownerId, ownerIsPlayer, input, inputSha256 },
    ...{ rung, startedMs, deadlineMs, parentExecutionId, parentStep, depth },
  });
  const definition = registry.of(workflowId, workflowVersion);
  let events = 0;
  for (const { seq, body, digest } of rows) {
    const recorded = Recorded.decode(body);
    const said = apply(definition, execution, recorded.input as Input, recorded.atMs) ?? [];
    events += said.length;
    if (digestOf(said.map((one) => encodedEvent(one, executionId))) !== digest)
      return { inputs: rows.length, events, differsAt: seq };
  }
  return { inputs: rows.length, events, differsAt: 0 };
}
