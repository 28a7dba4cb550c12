import { create, type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import {
  type Execution,
  CancelInputSchema,
  type CancelRequest,
  CancelRequestSchema,
  KeptSignalSchema,
  RetryInputSchema,
  type RetryStepRequest,
  RetryStepRequestSchema,
  type ShownExecutionInit,
  SignalInputSchema,
  type SignalRequest,
  SignalRequestSchema,
  SkipInputSchema,
  type SkipStepRequest,
  SkipStepRequestSchema,
  StepStatus,
  type StepRun,
  UndoStatus,
} from "@orrery/schema/orchestration/v1";
import { type Call, callerName, type Part, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Input } from "../engine/apply.ts";
import { shortDigest } from "../engine/ids.ts";
import { isCall, isFinal, isPastPivot, isSettled, runOf, stepOf } from "../engine/runs.ts";
import { orchestrationErrors } from "../errors.ts";
import type { Executions } from "../executions.ts";
import { visible } from "./caller.ts";
import { shown } from "./shown.ts";

const KEY_LENGTH = { least: 8, most: 64 };
const TEXT_MOST = 500;
const VALUE_MOST = 65_536;

type Steering = { readonly executionId: string; readonly idempotencyKey: string };
type Checked = (own: Executions, execution: Execution) => Input;

/** Calls that steer an execution; each is taken once under its key, as long as the execution is kept. */
export function steering(executions: Part<Executions>) {
  async function steer<D extends DescMessage>(
    call: Call,
    schema: D,
    request: MessageShape<D> & Steering,
    inputOf: Checked,
  ): Promise<{ execution: ShownExecutionInit }> {
    const { executionId: id, idempotencyKey: key } = request;
    if (key.length < KEY_LENGTH.least || key.length > KEY_LENGTH.most)
      throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
        given: `idempotency_key of ${key.length} characters, ${KEY_LENGTH.least}..${KEY_LENGTH.most}`,
      });
    const own = call.part(executions);
    const name = shortDigest(callerName(call.caller), key);
    const digest = shortDigest(schema.typeName, toBinary(schema, request));
    return own.submit(async (sheet) => {
      const execution = visible(call, id, await sheet.execution(id));
      const row = { execution: id, key: name, digest };
      const known = await sheet.ask(row);
      if (known !== undefined && known.digest !== digest)
        throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_REUSED, { given: key });
      if (known === undefined) {
        try {
          await sheet.tell(id, inputOf(own, execution));
        } catch (error) {
          // A refused call was not taken.
          sheet.unask(row);
          throw error;
        }
      }
      return { execution: shown(own.registry, execution) };
    });
  }

  const definitionOf = (own: Executions, { workflowId, workflowVersion }: Execution) =>
    own.registry.of(workflowId, workflowVersion);

  return {
    cancel: (request: CancelRequest, call: Call) =>
      steer(call, CancelRequestSchema, request, (own, execution) => {
        if (!isFinal(execution) && isPastPivot(definitionOf(own, execution), execution))
          throw new OrreryError(orchestrationErrors.ORCH_PAST_PIVOT, { given: request.executionId });
        const by = callerName(call.caller);
        return { case: "cancel", value: create(CancelInputSchema, { reason: plain(request.reason), by }) };
      }),
    signal: (request: SignalRequest, call: Call) =>
      steer(call, SignalRequestSchema, request, (own, execution) => {
        const { name, approved, note, value } = request;
        const unexpected = (why: string) =>
          new OrreryError(orchestrationErrors.ORCH_SIGNAL_UNEXPECTED, {
            given: `${request.executionId}, ${name}: ${why}`,
          });
        const run = runOf(execution, name);
        const step = run && stepOf(definitionOf(own, execution), run);
        if (step === undefined || (step.kind !== "approve" && step.kind !== "event"))
          throw unexpected("no step waits by that name");
        if (isFinal(execution) || isSettled(run as StepRun)) throw unexpected("it is settled");
        if (execution.signals.filter((kept) => kept.name === name).length >= 64)
          throw unexpected("64 of it wait");
        if (step.kind === "approve" && step.by === "admin" && call.caller.role !== "admin")
          throw new OrreryError(orchestrationErrors.ORCH_NOT_YOURS, { given: `${name} is for an operator` });
        if (step.kind === "event" && call.caller.role === "player")
          throw new OrreryError(orchestrationErrors.ORCH_NOT_YOURS, { given: `${name} is an event` });
        if (value.length > VALUE_MOST)
          throw new OrreryError(orchestrationErrors.ORCH_LIMIT, { given: `${value.length} bytes` });
        const by = callerName(call.caller);
        const signal = create(KeptSignalSchema, { name, approved, note: plain(note), value, by });
        return { case: "signal", value: create(SignalInputSchema, { signal }) };
      }),
    retryStep: (request: RetryStepRequest, call: Call) =>
      steer(call, RetryStepRequestSchema, request, (own, execution) => {
        const run = known(execution, request);
        const waits =
          run.status === StepStatus.READY || run.undo === UndoStatus.READY || run.undo === UndoStatus.STUCK;
        if (!waits) throw settled(request);
        void own;
        const { stepId, item } = request;
        return {
          case: "retry",
          value: create(RetryInputSchema, { stepId, item, by: callerName(call.caller) }),
        };
      }),
    skipStep: (request: SkipStepRequest, call: Call) =>
      steer(call, SkipStepRequestSchema, request, (own, execution) => {
        const run = known(execution, request);
        const isOut =
          run.status === StepStatus.RUNNING && isCall(stepOf(definitionOf(own, execution), run), run);
        const isMap = run.items > 0 && !isSettled(run);
        const open = !isFinal(execution) && !isSettled(run) && !isOut && !isMap;
        if (!open && run.undo !== UndoStatus.STUCK) throw settled(request);
        const { stepId, item } = request;
        const by = callerName(call.caller);
        return {
          case: "skip",
          value: create(SkipInputSchema, { stepId, item, by, reason: plain(request.reason) }),
        };
      }),
  };
}

type OfStep = { readonly executionId: string; readonly stepId: string; readonly item: string };

const settled = ({ executionId, stepId, item }: OfStep) =>
  new OrreryError(orchestrationErrors.ORCH_STEP_SETTLED, {
    given: `${executionId}, ${stepId}${item === "" ? "" : `/${item}`}`,
  });

function known(execution: Execution, { executionId, stepId, item }: OfStep): StepRun {
  const run = runOf(execution, stepId, item);
  if (run === undefined)
    throw new OrreryError(orchestrationErrors.ORCH_UNKNOWN_STEP, {
      given: `${executionId}, ${stepId} ${item}`,
    });
  return run;
}

/** @throws RPC_FIELD_INVALID where a text cannot be kept */
function plain(text: string): string {
  if (text.length > TEXT_MOST || text.includes("\u0000"))
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `a text of ${text.length} characters, at most ${TEXT_MOST}, without NUL`,
    });
  return text;
}
