import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import type { Execution } from "@orrery/schema/orchestration/v1";
import { OrreryError } from "@orrery/wire";
import { orchestrationErrors } from "../errors.ts";
import type { Definition, See } from "./definition.ts";
import { itemsOf, runOf, succeeded } from "./runs.ts";

/** An execution as the code of its definition sees it. */
export function seeing(definition: Definition, execution: Execution): See<any> {
  const { executionId, worldId, ownerId, rung } = execution;
  let input: unknown;

  function result<D extends DescMessage>(schema: D, stepId: string): MessageShape<D> | undefined {
    const run = runOf(execution, stepId);
    return run === undefined || !succeeded(run) ? undefined : fromBinary(schema, run.result);
  }

  return {
    ...{ executionId, worldId, ownerId, rung, result },
    get input() {
      return (input ??= fromBinary(definition.input, execution.input));
    },
    need(schema, stepId) {
      const found = result(schema, stepId);
      if (found === undefined)
        throw new OrreryError(orchestrationErrors.ORCH_STEP_FAULT, { given: `no result of ${stepId}` });
      return found;
    },
    results: (schema, stepId) =>
      itemsOf(execution, stepId)
        .filter(succeeded)
        .map((run) => fromBinary(schema, run.result)),
  };
}
