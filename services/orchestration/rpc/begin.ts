import { create, type DescMessage, fromBinary, fromJsonString, toBinary } from "@bufbuild/protobuf";
import {
  type Execution,
  ExecutionSchema,
  Rung,
  type StartRequest,
  type StartResponse,
} from "@orrery/schema/orchestration/v1";
import { type Call, callerName, type Part, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError, PLATFORM } from "@orrery/wire";
import type { Definition } from "../engine/definition.ts";
import { isExecutionId, shortDigest } from "../engine/ids.ts";
import { orchestrationErrors } from "../errors.ts";
import type { Executions } from "../executions.ts";
import { ownerOf } from "./caller.ts";
import { shown } from "./shown.ts";

const INPUT_MOST = 65_536;
const KEY_LENGTH = { least: 8, most: 64 };
const DEADLINE_MOST_MS = 90 * 86_400_000;
const invalid = (given: string) => new OrreryError(orchestrationErrors.ORCH_INPUT_INVALID, { given });

export const beginCall =
  (executions: Part<Executions>) =>
  async (request: StartRequest, call: Call): Promise<InitOf<typeof StartResponse>> => {
    const own = call.part(executions);
    const definition = own.registry.of(request.workflowId, request.version);
    const execution = newExecution(definition, request, call);
    const hash = own.hash(definition);
    const { executionId } = execution;
    const name = `${definition.id}/${definition.version}`;
    const answer = await own.submit(async (sheet) => {
      const known = await sheet.execution(executionId);
      if (known !== undefined) {
        checkSame(known, execution);
        return { execution: shown(own.registry, known), known: true };
      }
      execution.startedMs = sheet.nowMs;
      if (execution.deadlineMs > 0) execution.deadlineMs += sheet.nowMs;
      if (!own.frozen.has(name))
        sheet.freeze({ id: definition.id, version: definition.version, hash, first_ms: sheet.nowMs });
      await sheet.begin(execution);
      return { execution: shown(own.registry, execution), known: false };
    });
    own.frozen.add(name);
    return answer;
  };

/** @throws RPC_IDEMPOTENCY_REUSED */
function checkSame(
  known: Execution,
  { executionId, workflowId, inputSha256, ownerId, worldId }: Execution,
): void {
  const isSame =
    known.workflowId === workflowId &&
    known.ownerId === ownerId &&
    known.worldId === worldId &&
    Buffer.from(known.inputSha256).equals(Buffer.from(inputSha256));
  if (!isSame) throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_REUSED, { given: executionId });
}

function newExecution(definition: Definition, request: StartRequest, call: Call): Execution {
  const { caller } = call;
  const { id, version } = definition;
  if (caller.role !== "admin" && !definition.starts.includes(caller.role as never))
    throw new OrreryError(orchestrationErrors.ORCH_NOT_YOURS, { given: `${id}, begun by a ${caller.role}` });
  const worldId = request.worldId || PLATFORM;
  const message = messageOf(definition.input, request);
  const input = toBinary(definition.input, message);
  if (input.length > INPUT_MOST) throw invalid(`${input.length} bytes, at most ${INPUT_MOST}`);
  const refused = definition.refuses?.(message, worldId);
  if (refused !== undefined) throw invalid(refused);
  const player = definition.owner?.(message as never) ?? "";
  if (caller.role === "player" && player !== "" && player !== caller.id)
    throw new OrreryError(orchestrationErrors.ORCH_NOT_YOURS, { given: `${id} for ${player}` });
  const owner = player === "" ? ownerOf(call) : { ownerId: player, ownerIsPlayer: true };
  const deadlineMs = request.deadlineMs || definition.deadlineMs;
  if (!(deadlineMs >= 0 && deadlineMs <= DEADLINE_MOST_MS)) throw invalid(`deadline_ms ${deadlineMs}`);
  return create(ExecutionSchema, {
    ...{ executionId: idOf(request, callerName(caller)), workflowId: id, workflowVersion: version },
    ...{ worldId, input, deadlineMs, ...owner },
    inputSha256: Buffer.from(shortDigest(input), "base64url"),
    rung: Rung.FULL,
  });
}

function idOf({ executionId, idempotencyKey: key }: StartRequest, caller: string): string {
  if (executionId === "" || key !== "")
    if (key.length < KEY_LENGTH.least || key.length > KEY_LENGTH.most)
      throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
        given: `idempotency_key of ${key.length} characters, ${KEY_LENGTH.least}..${KEY_LENGTH.most}`,
      });
  if (executionId === "") return `w-${shortDigest(caller, key).slice(0, 22)}`;
  if (isExecutionId(executionId)) return executionId;
  throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
    given: "execution_id is to be like [A-Za-z0-9._:-]{1,64}",
  });
}

function messageOf(schema: DescMessage, { input }: StartRequest) {
  try {
    if (input.case === "json") return fromJsonString(schema, input.value);
    return fromBinary(schema, input.value ?? new Uint8Array());
  } catch (error) {
    throw invalid(`${schema.typeName}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
