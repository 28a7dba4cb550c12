import { create } from "@bufbuild/protobuf";
import { type Execution, type Failure, FailureSchema } from "@orrery/schema/orchestration/v1";
import { type Codec, type ErrorKind, type InitOf, isError, OrreryError } from "@orrery/wire";
import { orchestrationErrors } from "../errors.ts";
import type { Definition } from "./definition.ts";

/** An execution while it is told one thing. */
export interface Turn {
  readonly definition: Definition;
  /** Changed in place. */
  readonly execution: Execution;
  /** Unix ms, stamped. */
  readonly atMs: number;
  tell<C extends Codec>(
    codec: C,
    event: Omit<InitOf<C>, "executionId" | "workflowId" | "workflowVersion" | "playerIds">,
  ): void;
}

export const failureAs = (kind: ErrorKind, given: string, more: Partial<Failure> = {}): Failure =>
  Object.assign(
    create(FailureSchema, {
      code: kind.code,
      sentence: new OrreryError(kind, given === "" ? {} : { given }).message,
      retryable: kind.retryable ?? false,
    }),
    more,
  );

/** What code of a definition threw. */
export function faultOf(error: unknown): Failure {
  if (isError(error, orchestrationErrors.ORCH_STEP_FAULT))
    return failureAs(orchestrationErrors.ORCH_STEP_FAULT, (error as OrreryError).given ?? "");
  return failureAs(
    orchestrationErrors.ORCH_STEP_FAULT,
    error instanceof Error ? error.message : String(error),
  );
}
