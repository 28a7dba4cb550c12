import {
  type DescMethod,
  fromBinary,
  fromJson,
  type JsonValue,
  type Message,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import type { OutgoingHttpHeaders } from "node:http";
import { codeToHttpStatus, errorToJson } from "@connectrpc/connect/protocol-connect";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Caller, type Directory, toConnectError } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { routerErrors } from "./errors.ts";
import { forwardUnary } from "./forward.ts";
import { checkSize } from "./methods.ts";

type UnaryMethod = DescMethod & { methodKind: "unary" };

const PROTO = "application/proto";
const JSON_TYPE = "application/json";

/**
 * The plainest form of a call, which nearly all of them have: Connect's unary protocol, nothing compressed. It is
 * answered here, for a third of what it costs through Connect's handlers for every protocol; all others go there.
 */
export function isPlain(
  method: DescMethod,
  { method: verb, headers }: FastifyRequest,
): method is UnaryMethod {
  if (method.methodKind !== "unary" || verb !== "POST") return false;
  const type = headers["content-type"];
  if (type !== PROTO && type !== JSON_TYPE) return false;
  return (
    (headers["content-encoding"] ?? "identity") === "identity" && headers["connect-timeout-ms"] === undefined
  );
}

/** Reads such a call, has it done, and writes its answer. @param reply has its headers already */
export async function answerPlain(
  directory: Directory,
  method: UnaryMethod,
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const json = request.headers["content-type"] === JSON_TYPE;
  const gone = new AbortController();
  const { raw } = reply;
  raw.once("close", () => {
    if (!raw.writableFinished) gone.abort();
  });
  reply.hijack();
  const write = (status: number, type: string, body: Uint8Array | string) => {
    const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
    raw.writeHead(status, {
      ...(reply.getHeaders() as OutgoingHttpHeaders),
      "content-type": type,
      "content-length": length,
    });
    raw.end(body);
  };
  try {
    const body = await read(method, request);
    const answer = await forwardUnary(directory, method, caller, decode(method, body, json), gone.signal);
    if (json)
      write(200, JSON_TYPE, JSON.stringify(toJson(method.output, answer, { alwaysEmitImplicit: true })));
    else write(200, PROTO, toBinary(method.output, answer));
  } catch (error) {
    if (raw.destroyed) return;
    const coded = toConnectError(error);
    // What is still on its way is not read.
    if (!request.raw.complete) reply.header("connection", "close");
    write(codeToHttpStatus(coded.code), JSON_TYPE, JSON.stringify(errorToJson(coded, undefined)));
  }
}

/** @throws ROUTER_TOO_LARGE once more has come than the method takes */
function read(method: DescMethod, { raw }: FastifyRequest): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const onData = (piece: Buffer) => {
      bytes += piece.length;
      pieces.push(piece);
      try {
        checkSize(method, bytes);
      } catch (error) {
        raw.off("data", onData).pause();
        reject(error);
      }
    };
    raw
      .on("data", onData)
      .once("end", () => resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)))
      .once("error", reject)
      .once("aborted", () =>
        reject(new OrreryError(routerErrors.ROUTER_PROTOCOL, { given: "half a request" })),
      );
  });
}

function decode(method: DescMethod, body: Buffer, json: boolean): Message {
  try {
    if (!json) return fromBinary(method.input, body);
    return fromJson(method.input, JSON.parse(body.toString()) as JsonValue, { ignoreUnknownFields: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OrreryError(routerErrors.ROUTER_PROTOCOL, {
      given: `request of ${method.name}: ${why}`,
      cause,
    });
  }
}
