import { create, type DescMessage, type DescMethod, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Code, ConnectError, type Transport } from "@connectrpc/connect";
import { ErrorDetailSchema } from "@orrery/schema/orrery";
import type { CallReply, CallRequest, Chunk } from "@orrery/schema/router/v1";
import { type InitOf, OrreryError } from "@orrery/wire";
import type { ClientMessage } from "@orrery/schema/router/v1";
import { clientErrors } from "./errors.ts";
import { type AsyncQueue, createQueue } from "./queue.ts";

/** Connect's transport over the one socket, so that every typed client works on it. */
export interface SocketCalls {
  readonly transport: Transport;
  reply(reply: CallReply): void;
  chunk(chunk: Chunk): void;
  /** The connection broke: whoever waits is told. */
  broke(): void;
}

type Send = (message: InitOf<typeof ClientMessage>) => Promise<void>;

export function createCalls(send: Send): SocketCalls {
  const open = new Map<number, AsyncQueue<Uint8Array>>();
  let lastId = 0;

  async function start(
    method: DescMethod,
    request: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<AsyncQueue<Uint8Array>> {
    const id = (lastId = (lastId + 1) >>> 0);
    const answers = createQueue<Uint8Array>();
    open.set(id, answers);
    signal?.addEventListener("abort", () => {
      open.delete(id);
      answers.end(ConnectError.from(signal.reason));
      void send({ message: { case: "cancel", value: { id } } });
    });
    const value: InitOf<typeof CallRequest> = {
      id,
      method: `${method.parent.typeName}/${method.name}`,
      request,
    };
    await send({ message: { case: "call", value } });
    return answers;
  }

  const head = (method: DescMethod) => ({
    service: method.parent,
    header: new Headers(),
    trailer: new Headers(),
  });

  const transport: Transport = {
    async unary(method, signal, timeoutMs, _header, input) {
      const limit =
        timeoutMs === undefined
          ? signal
          : AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
      const answers = await start(method, toBinary(method.input, create(method.input, input)), limit);
      const { value, done } = await answers.next();
      if (done)
        throw ConnectError.from(new OrreryError(clientErrors.CLIENT_NO_ANSWER, { given: method.name }));
      return { stream: false, method, ...head(method), message: fromBinary(method.output, value) };
    },
    async stream(method, signal, _timeoutMs, _header, input) {
      const first = await input[Symbol.asyncIterator]().next();
      const answers = await start(method, toBinary(method.input, create(method.input, first.value)), signal);
      return { stream: true, method, ...head(method), message: decoded(method.output, answers) };
    },
  };

  return {
    transport,
    reply({ id, result, code, message }) {
      const answers = open.get(id);
      open.delete(id);
      if (answers === undefined) return;
      if (result.case === "response") {
        if (result.value.length > 0 || !streaming.has(answers)) answers.push(result.value);
        answers.end();
        return;
      }
      const details = result.case === "error" ? [{ desc: ErrorDetailSchema, value: result.value }] : [];
      answers.end(new ConnectError(message, code as Code, undefined, details));
    },
    chunk({ id, response }) {
      const answers = open.get(id);
      if (answers === undefined) return;
      streaming.add(answers);
      answers.push(response);
    },
    broke() {
      for (const answers of open.values())
        answers.end(ConnectError.from(new OrreryError(clientErrors.CLIENT_NO_ANSWER)));
      open.clear();
    },
  };
}

/** Calls that have had a chunk: their last reply carries nothing. */
const streaming = new WeakSet<AsyncQueue<Uint8Array>>();

async function* decoded<O extends DescMessage>(output: O, answers: AsyncQueue<Uint8Array>) {
  for await (const bytes of answers) yield fromBinary(output, bytes);
}
