import {
  type DescMethod,
  fromBinary,
  fromJson,
  type Message,
  toBinary,
  toJson,
  type JsonValue,
} from "@bufbuild/protobuf";
import type { CallRequest, ServerMessage } from "@orrery/schema/router/v1";
import { errorCodeOf, type Kit, toConnectError } from "@orrery/service";
import { ErrorDetailSchema } from "@orrery/schema/orrery";
import { type InitOf, OrreryError } from "@orrery/wire";
import { routerErrors } from "../errors.ts";
import { forwardStream, forwardUnary } from "../forward.ts";
import { bucket } from "../gcra.ts";
import { LIMITS } from "../limits.ts";
import { checkSize, findMethod } from "../methods.ts";
import type { Session } from "../session.ts";
import { callerOf } from "../tokens/claims.ts";
import { JSON_PROTOCOL, type MessageForm } from "./wire.ts";

/** RPC over the socket: many at once, each under the client's own number. */
export interface Calls {
  start(request: CallRequest): void;
  cancel(id: number): void;
  close(): void;
}

export function createCalls(
  kit: Kit,
  methods: ReadonlyMap<string, DescMethod>,
  session: Session,
  form: MessageForm,
  send: (message: InitOf<typeof ServerMessage>) => void,
): Calls {
  const limit = bucket(LIMITS.calls.perS, LIMITS.calls.burst);
  const running = new Map<number, AbortController>();
  const json = form.name === JSON_PROTOCOL;

  const write = (method: DescMethod, message: Message) =>
    json
      ? new TextEncoder().encode(JSON.stringify(toJson(method.output, message)))
      : toBinary(method.output, message);
  const read = (method: DescMethod, bytes: Uint8Array): Message => {
    try {
      return json
        ? fromJson(method.input, JSON.parse(new TextDecoder().decode(bytes)) as JsonValue)
        : fromBinary(method.input, bytes);
    } catch (cause) {
      throw new OrreryError(routerErrors.ROUTER_PROTOCOL, { given: `request of ${method.name}`, cause });
    }
  };

  function failed(id: number, error: unknown): void {
    const coded = toConnectError(error);
    const detail = coded.findDetails(ErrorDetailSchema)[0];
    if (detail === undefined || errorCodeOf(error) === "RPC_INTERNAL")
      kit.log.error({ err: error }, "a call over the socket failed");
    send({
      message: {
        case: "reply",
        value: {
          id,
          code: coded.code,
          message: coded.rawMessage,
          ...(detail && { result: { case: "error", value: detail } }),
        },
      },
    });
  }

  async function run({ id, method: name, request }: CallRequest, signal: AbortSignal): Promise<void> {
    const waitMs = limit.take(kit.clock.now());
    if (waitMs > 0) throw new OrreryError(routerErrors.ROUTER_RATE_LIMITED, { retryAfterMs: waitMs });
    const method = findMethod(methods, name);
    checkSize(method, request.length);
    const input = read(method, request);
    const caller = callerOf(session.claims);
    if (method.methodKind === "server_streaming") {
      for await (const message of forwardStream(
        kit.directory,
        method as DescMethod & { methodKind: "server_streaming" },
        caller,
        input,
        signal,
      )) {
        send({ message: { case: "chunk", value: { id, response: write(method, message) } } });
      }
      send({
        message: { case: "reply", value: { id, result: { case: "response", value: new Uint8Array() } } },
      });
      return;
    }
    const reply = await forwardUnary(
      kit.directory,
      method as DescMethod & { methodKind: "unary" },
      caller,
      input,
      signal,
    );
    send({
      message: { case: "reply", value: { id, result: { case: "response", value: write(method, reply) } } },
    });
  }

  return {
    start(request) {
      const controller = new AbortController();
      running.set(request.id, controller);
      void run(request, controller.signal)
        .catch((error: unknown) => failed(request.id, error))
        .finally(() => running.delete(request.id));
    },
    cancel: (id) => running.get(id)?.abort(),
    close() {
      for (const controller of running.values()) controller.abort();
    },
  };
}
