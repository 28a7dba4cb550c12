import { create, type DescMethodUnary, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { type Failure, FailureSchema } from "@orrery/schema/orchestration/v1";
import { failureOf, type Kit } from "@orrery/service";
import type { MapStep, PureStep, RpcStep, Undo } from "../engine/definition.ts";
import { encoded } from "../engine/encoded.ts";
import { shortDigest } from "../engine/ids.ts";
import { undoOf } from "../engine/runs.ts";
import { seeing } from "../engine/see.ts";
import { failureAs, faultOf } from "../engine/turn.ts";
import { orchestrationErrors } from "../errors.ts";
import type { Order } from "./orders.ts";

export interface Answer {
  readonly resultType?: string;
  readonly result?: Uint8Array;
  readonly failure?: Failure;
}

const TIMEOUT_MS = 10_000;
const RESULT_MOST = 65_536;
/** Nobody was asked: whoever is to answer is away. */
const AWAY =
  /^(SERVICE_NOT_READY|SERVICE_FAILED|SERVICE_STARTS_AGAIN|RPC_NO_SERVICE)$|_BREAKER_OPEN$|_NO_TARGET$/;

/** Nobody said that it was not done: the answer was lost, or whoever was asked lost sight of it. */
const UNKNOWN = /^(RPC_NO_ANSWER|ROUTER_DEADLINE)$|_STORE_AWAY$|_LATE$/;

/** Works out or calls what an order says. Never throws: whatever comes of it is an answer. */
export async function carryOut(kit: Kit, order: Order, signal: AbortSignal): Promise<Answer> {
  try {
    if (order.kind === "pure") return fitting(compute(order));
    return order.kind === "undo" ? await undo(kit, order, signal) : await call(kit, order, signal);
  } catch (error) {
    return { failure: faultOf(error) };
  }
}

function compute({ definition, execution, step, run }: Order): Answer {
  const { output, compute: work } = step as PureStep;
  const seed = shortDigest(execution.worldId, execution.executionId, run.stepId);
  return encoded(output, work(seeing(definition, execution), seed));
}

function call(kit: Kit, order: Order, signal: AbortSignal): Promise<Answer> {
  const { definition, execution, run, key } = order;
  const step = order.step as RpcStep | MapStep;
  const see = seeing(definition, execution);
  const request =
    step.kind === "rpc" ? step.request(see, key) : step.request(see, key, step.over(see)[Number(run.item)]);
  return ask(kit, step.method, request, key, step.timeoutMs, signal);
}

function undo(kit: Kit, order: Order, signal: AbortSignal): Promise<Answer> {
  const { definition, execution, run, step, key } = order;
  const { method, request } = undoOf(step, run) as Undo<any>;
  const done = fromBinary((step as RpcStep).method.output, run.result);
  return ask(kit, method, request(seeing(definition, execution), key, done), key, step.timeoutMs, signal);
}

async function ask(
  kit: Kit,
  method: DescMethodUnary,
  init: object,
  key: string,
  timeoutMs = TIMEOUT_MS,
  signal: AbortSignal,
): Promise<Answer> {
  const request = create(method.input, init as never) as Message & Record<string, unknown>;
  const field = method.input.fields.find(({ name }) => name === "idempotency_key");
  if (field !== undefined && request[field.localName] === "") request[field.localName] = key;
  const client = kit.client(method.parent) as unknown as Record<
    string,
    (request: object, options: { signal: AbortSignal; timeoutMs: number }) => Promise<Message>
  >;
  try {
    const answer = await (client[method.localName] as NonNullable<(typeof client)[string]>)(request, {
      signal,
      timeoutMs,
    });
    return fitting({ resultType: method.output.typeName, result: toBinary(method.output, answer) });
  } catch (error) {
    return { failure: failed(error) };
  }
}

function failed(error: unknown): Failure {
  const { code, sentence, retryable, retryAfterMs } = failureOf(error);
  const parked = AWAY.test(code);
  return create(FailureSchema, {
    code,
    sentence,
    retryable,
    retryAfterMs,
    parked,
    unsure: UNKNOWN.test(code),
  });
}

function fitting(answer: Answer): Answer {
  const bytes = answer.result?.length ?? 0;
  if (bytes <= RESULT_MOST) return answer;
  // It was done, and what it made cannot be known here: it is undone like one whose answer was lost.
  return {
    failure: failureAs(orchestrationErrors.ORCH_RESULT_TOO_LARGE, `${bytes} bytes`, { unsure: true }),
  };
}
