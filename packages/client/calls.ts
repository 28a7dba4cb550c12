import { create, type DescMessage, type DescMethod, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { type ErrorDetail, ErrorDetailSchema } from "@orrery/schema/orrery";
import type { CallReply, CallRequest, Chunk } from "@orrery/schema/router/v1";
import { type ErrorKind, type InitOf, OrreryError } from "@orrery/wire";
import type { Say } from "./connection.ts";
import { clientErrors } from "./errors.ts";
import { type AsyncQueue, createQueue } from "./queue.ts";
import type { Surroundings } from "./surroundings.ts";

/*
 * A call is waiting (until the line is open), sent, or over. A call that was made while the line was away waits for it,
 * no longer than its deadline. One that was sent when the line broke is over: nobody knows whether it was done.
 * A call is over once: by its answer, the break, its deadline, its caller's abort, or the end of the client; its
 * deadline and its caller's signal are let go of then. The edge is told to stop when the caller was first.
 */
export interface SocketCalls {
  readonly transport: Transport;
  reply(reply: CallReply): void;
  chunk(chunk: Chunk): void;
  /** The line is open: what waits is sent. */
  welcomed(): void;
  broke(): void;
  /** @param error why; none when the user closed the client */
  ended(error?: OrreryError): void;
}

/** A unary call without a deadline of its own gets this one, ms; of a stream it holds for being sent. */
const DEADLINE_MS = 30_000;

interface Call {
  readonly request: InitOf<typeof CallRequest>;
  readonly answers: AsyncQueue<Uint8Array>;
  readonly streams: boolean;
  sent: boolean;
  over(error?: Error): void;
}

export function createCalls(say: Say, { after }: Pick<Surroundings, "after">): SocketCalls {
  const open = new Map<number, Call>();
  let lastId = 0;
  let closed = false;

  function freeId(): number {
    do lastId = (lastId + 1) >>> 0;
    while (open.has(lastId) || lastId === 0);
    return lastId;
  }

  function send(call: Call): void {
    call.sent = say({ message: { case: "call", value: call.request } });
  }

  function begin(
    method: DescMethod,
    request: Uint8Array,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
  ): Call {
    if (closed) throw failure(clientErrors.CLIENT_CLOSED, Code.Canceled, method.name);
    if (signal?.aborted) throw ConnectError.from(signal.reason, Code.Canceled);
    const id = freeId();
    const name = `${method.parent.typeName}/${method.name}`;
    const streams = method.methodKind !== "unary";
    const cancel = (error?: Error) => {
      if (!open.has(id)) return;
      if (call.sent) say({ message: { case: "cancel", value: { id } } });
      call.over(error);
    };
    const answers = createQueue<Uint8Array>(() => cancel());
    const limitMs = timeoutMs ?? DEADLINE_MS;
    const letTime = after(limitMs, () => {
      // A stream may go on for as long as its caller likes, once it was begun.
      if (streams && timeoutMs === undefined && call.sent) return;
      cancel(failure(clientErrors.CLIENT_DEADLINE, Code.DeadlineExceeded, `${name}, ${limitMs} ms`));
    });
    const aborted = () => cancel(ConnectError.from(signal?.reason, Code.Canceled));
    signal?.addEventListener("abort", aborted);
    const call: Call = {
      request: { id, method: name, request },
      answers,
      streams,
      sent: false,
      over(error) {
        open.delete(id);
        letTime();
        signal?.removeEventListener("abort", aborted);
        answers.end(error);
      },
    };
    open.set(id, call);
    send(call);
    return call;
  }

  const head = (method: DescMethod) => ({
    service: method.parent,
    header: new Headers(),
    trailer: new Headers(),
  });

  const transport: Transport = {
    async unary(method, signal, timeoutMs, _header, input) {
      const request = toBinary(method.input, create(method.input, input));
      const { value, done } = await begin(method, request, signal, timeoutMs).answers.next();
      if (done) throw failure(clientErrors.CLIENT_NO_ANSWER, Code.Unavailable, method.name);
      return { stream: false, method, ...head(method), message: fromBinary(method.output, value) };
    },
    async stream(method, signal, timeoutMs, _header, input) {
      const { value } = await input[Symbol.asyncIterator]().next();
      const request = toBinary(method.input, create(method.input, value));
      const { answers } = begin(method, request, signal, timeoutMs);
      return { stream: true, method, ...head(method), message: decoded(method.output, answers) };
    },
  };

  return {
    transport,
    reply({ id, result, code, message }) {
      const call = open.get(id);
      if (call === undefined) return;
      if (result.case !== "response") return call.over(refusal(message, code, result.value));
      // The last reply of a stream carries nothing: its messages came as chunks.
      if (!call.streams) call.answers.push(result.value);
      call.over();
    },
    chunk: ({ id, response }) => open.get(id)?.answers.push(response),
    welcomed() {
      for (const call of open.values()) if (!call.sent) send(call);
    },
    broke() {
      for (const call of [...open.values()])
        if (call.sent)
          call.over(failure(clientErrors.CLIENT_NO_ANSWER, Code.Unavailable, call.request.method));
    },
    ended(error) {
      closed = true;
      for (const call of [...open.values()])
        call.over(
          error === undefined
            ? failure(clientErrors.CLIENT_CLOSED, Code.Canceled, call.request.method)
            : asConnectError(error, Code.Canceled),
        );
    },
  };
}

function refusal(message: string, code: number, detail: ErrorDetail | undefined): ConnectError {
  const details = detail === undefined ? [] : [{ desc: ErrorDetailSchema, value: detail }];
  return new ConnectError(message, code as Code, undefined, details);
}

/** One of the client's own errors, as calls fail with. */
function failure(kind: ErrorKind, code: Code, given: string | undefined): ConnectError {
  return asConnectError(new OrreryError(kind, given === undefined ? {} : { given }), code);
}

function asConnectError(error: OrreryError, connectCode: Code): ConnectError {
  const { code, todo, given = "", retryable } = error;
  const detail = { desc: ErrorDetailSchema, value: { code, todo, given, retryable } };
  return new ConnectError(error.message, connectCode, undefined, [detail], error);
}

async function* decoded<O extends DescMessage>(output: O, answers: AsyncQueue<Uint8Array>) {
  for await (const bytes of answers) yield fromBinary(output, bytes);
}
