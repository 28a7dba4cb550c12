import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type Message,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";

type Around = { readonly requestHeader: Headers; readonly signal: AbortSignal };
type Methods = ReadonlyMap<DescMethod, (request: Message, around: Around) => unknown>;

/**
 * Calls methods of this process without the form of a request: Connect's own way in memory writes and reads headers,
 * streams and status of HTTP for each call, which costs more than most methods do. What crosses is still copied through
 * bytes, both ways, so that nobody holds what another one changes.
 */
export function directUnary(methods: Methods, otherwise: Transport): Transport["unary"] {
  return async (method, signal, timeoutMs, header, input, values) => {
    const call = methods.get(method);
    if (call === undefined) return otherwise.unary(method, signal, timeoutMs, header, input, values);
    const requestHeader = header instanceof Headers ? header : new Headers(header);
    const timeout = timeoutMs === undefined ? undefined : deadline(timeoutMs);
    const given = [signal, timeout?.signal].filter((own) => own !== undefined);
    const stop = given.length > 0 ? AbortSignal.any(given) : new AbortController().signal;
    try {
      stop.throwIfAborted();
      const request = copyOf(method.input, input);
      const answered = Promise.resolve(call(request, { requestHeader, signal: stop }));
      const answer = await (given.length === 0 ? answered : orAborted(answered, stop));
      const message = copyOf(method.output, answer as MessageInitShape<typeof method.output>);
      return {
        stream: false,
        service: method.parent,
        method,
        header: new Headers(),
        trailer: new Headers(),
        message,
      };
    } catch (error) {
      throw crossing(error);
    } finally {
      timeout?.clear();
    }
  };
}

/** What comes first: the answer, the deadline, or that nobody waits any more. For a call whose messages are not copied. */
export function within<T>(
  ms: number,
  signal: AbortSignal,
  run: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = new AbortController();
    const end = (reason: unknown) => {
      stop.abort(reason);
      reject(reason);
    };
    const cancelled = () => end(ConnectError.from(signal.reason, Code.Canceled));
    const timer = setTimeout(
      () => end(new ConnectError("the operation timed out", Code.DeadlineExceeded)),
      ms,
    );
    if (signal.aborted) cancelled();
    signal.addEventListener("abort", cancelled, { once: true });
    run(stop.signal)
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        signal.removeEventListener("abort", cancelled);
      });
  });
}

function copyOf<D extends DescMessage>(schema: D, init: MessageInitShape<D>): MessageShape<D> {
  return fromBinary(schema, toBinary(schema, create(schema, init)));
}

function deadline(ms: number) {
  const controller = new AbortController();
  const late = () => controller.abort(new ConnectError("the operation timed out", Code.DeadlineExceeded));
  const timer = setTimeout(late, Math.max(0, ms));
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

/** What comes first; a method that does not look at its signal keeps nobody waiting. */
function orAborted<T>(answered: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(ConnectError.from(signal.reason, Code.Canceled));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    answered.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** As it would arrive from another process: without its cause and the stack of whom it came from. */
function crossing(error: unknown): ConnectError {
  const { rawMessage, code, metadata, details } = ConnectError.from(error);
  const crossed = new ConnectError(rawMessage, code, metadata);
  crossed.details = details;
  return crossed;
}
