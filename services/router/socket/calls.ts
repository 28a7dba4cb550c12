import {
  type DescMethod,
  fromBinary,
  fromJson,
  type Message,
  toBinary,
  toJson,
  type JsonValue,
} from "@bufbuild/protobuf";
import type { CallRequest } from "@orrery/schema/router/v1";
import { checkAccess, errorCodeOf, type Kit, toConnectError } from "@orrery/service";
import { ErrorDetailSchema } from "@orrery/schema/orrery";
import { OrreryError } from "@orrery/wire";
import { routerErrors } from "../errors.ts";
import { forwardStream, forwardUnary } from "../forward.ts";
import type { Gate } from "../gate/gate.ts";
import { checkSize, findMethod } from "../methods.ts";
import type { Session } from "../session.ts";
import { callerOf } from "../tokens/claims.ts";
import type { Send } from "./connection.ts";
import { JSON_PROTOCOL, type MessageForm } from "./wire.ts";

/** RPC over the socket: many at once, each under the client's own number. Every one is answered. */
export interface Calls {
  start(request: CallRequest): void;
  /** Answers a call that is not begun. */
  refuse(id: number, error: unknown): void;
  cancel(id: number): void;
  /** The session's token is another one now: what it may not do any more ends. */
  recheck(): void;
  close(): void;
}

interface Running {
  readonly controller: AbortController;
  readonly method: DescMethod;
  readonly input: Message;
}

/** @param room resolves when the client has read on so far that more may be sent */
export function createCalls(
  kit: Kit,
  methods: ReadonlyMap<string, DescMethod>,
  gate: Gate,
  session: Session,
  form: MessageForm,
  send: Send,
  room: () => Promise<void>,
): Calls {
  const running = new Map<number, Running>();
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

  function refuse(id: number, error: unknown): void {
    const coded = toConnectError(error);
    const detail = coded.findDetails(ErrorDetailSchema)[0];
    if (detail === undefined || errorCodeOf(error) === "RPC_INTERNAL")
      kit.log.error({ err: error }, "a call over the socket failed");
    const { code, rawMessage: message } = coded;
    const result = detail && { result: { case: "error", value: detail } as const };
    send({ message: { case: "reply", value: { id, code, message, ...result } } });
  }

  const reply = (id: number, value: Uint8Array) =>
    send({ message: { case: "reply", value: { id, result: { case: "response", value } } } });

  async function run(id: number, { controller: { signal }, method, input }: Running): Promise<void> {
    const caller = callerOf(session.claims);
    if (method.methodKind === "server_streaming") {
      const stream = method as DescMethod & { methodKind: "server_streaming" };
      for await (const message of forwardStream(kit.directory, stream, caller, input, signal)) {
        send({ message: { case: "chunk", value: { id, response: write(method, message) } } });
        // An export is larger than the memory that a client who does not read may take.
        await room();
      }
      reply(id, new Uint8Array());
      return;
    }
    const unary = method as DescMethod & { methodKind: "unary" };
    reply(id, write(method, await forwardUnary(kit.directory, unary, caller, input, signal)));
  }

  function begin({ id, method: name, request }: CallRequest): void {
    if (running.has(id)) throw new OrreryError(routerErrors.ROUTER_CALL_ID, { given: String(id) });
    const method = findMethod(methods, name);
    checkSize(method, request.length);
    const end = gate.begin(session.claims, method.methodKind === "unary" ? "unary" : "stream");
    try {
      const own = { controller: new AbortController(), method, input: read(method, request) };
      running.set(id, own);
      void run(id, own)
        .catch((error: unknown) => refuse(id, own.controller.signal.reason ?? error))
        .finally(() => {
          running.delete(id);
          end();
        });
    } catch (error) {
      end();
      throw error;
    }
  }

  return {
    start(request) {
      try {
        begin(request);
      } catch (error) {
        refuse(request.id, error);
      }
    },
    refuse,
    cancel: (id) => running.get(id)?.controller.abort(),
    recheck() {
      const caller = callerOf(session.claims);
      for (const { controller, method, input } of running.values()) {
        try {
          checkAccess(method, caller, input);
        } catch (error) {
          controller.abort(error);
        }
      }
    },
    close() {
      for (const { controller } of running.values()) controller.abort();
    },
  };
}
