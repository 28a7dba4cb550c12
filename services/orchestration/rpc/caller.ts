import type { Execution } from "@orrery/schema/orchestration/v1";
import { type Call, callerName } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { orchestrationErrors } from "../errors.ts";

/** Whose an execution is that the caller begins. */
export const ownerOf = ({ caller }: Call): { readonly ownerId: string; readonly ownerIsPlayer: boolean } => ({
  ownerId: caller.role === "player" ? caller.id : callerName(caller),
  ownerIsPlayer: caller.role === "player",
});

/** What a player may not see does not exist for them. @throws ORCH_UNKNOWN_EXECUTION */
export function visible(call: Call, id: string, execution: Execution | undefined): Execution {
  const { caller } = call;
  const isTheirs =
    caller.role !== "player" || (execution?.ownerIsPlayer === true && execution.ownerId === caller.id);
  if (execution !== undefined && isTheirs) return execution;
  throw new OrreryError(orchestrationErrors.ORCH_UNKNOWN_EXECUTION, { given: id });
}
