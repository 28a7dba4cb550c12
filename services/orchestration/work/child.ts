import { create, toBinary } from "@bufbuild/protobuf";
import { ExecutionSchema } from "@orrery/schema/orchestration/v1";
import type { Registry } from "../definitions/registry.ts";
import type { ChildStep } from "../engine/definition.ts";
import { childId, shortDigest } from "../engine/ids.ts";
import { seeing } from "../engine/see.ts";
import { failureAs, faultOf } from "../engine/turn.ts";
import { orchestrationErrors } from "../errors.ts";
import type { Writer } from "../write/writer.ts";
import type { Answer } from "./call.ts";
import type { Order } from "./orders.ts";

const DEPTH_MOST = 8;

/** Begins a child, once. @returns an answer where there is to be none; undefined: its end is told by its own commit */
export async function startChild(
  writer: Writer,
  registry: Registry,
  order: Order,
  step: ChildStep,
): Promise<Answer | undefined> {
  const { execution, definition, run } = order;
  if (execution.depth + 1 >= DEPTH_MOST)
    return { failure: failureAs(orchestrationErrors.ORCH_LIMIT, `children ${DEPTH_MOST} levels deep`) };
  const of = registry.of(step.workflowId);
  let input: Uint8Array;
  try {
    input = toBinary(
      step.childInput,
      create(step.childInput, step.request(seeing(definition, execution)) as never),
    );
  } catch (error) {
    return { failure: faultOf(error) };
  }
  const id = childId(execution.executionId, run.stepId);
  return writer.submit(async (sheet) => {
    const known = await sheet.execution(id);
    if (known !== undefined) return undefined;
    const { worldId, ownerId, ownerIsPlayer, rung, depth } = execution;
    await sheet.begin(
      create(ExecutionSchema, {
        executionId: id,
        workflowId: of.id,
        workflowVersion: of.version,
        ...{ worldId, ownerId, ownerIsPlayer, rung, input },
        inputSha256: Buffer.from(shortDigest(input), "base64url"),
        startedMs: sheet.nowMs,
        deadlineMs: of.deadlineMs === 0 ? 0 : sheet.nowMs + of.deadlineMs,
        parentExecutionId: execution.executionId,
        parentStep: run.stepId,
        depth: depth + 1,
      }),
    );
    return undefined;
  });
}
