import { type ConnectError, Code } from "@connectrpc/connect";
import { codeToHttpStatus, endStreamToJson, errorToJson } from "@connectrpc/connect/protocol-connect";
import type { FastifyReply, FastifyRequest } from "fastify";

const END_STREAM = 0b10;

/**
 * Answers a call that is refused before its body is read, in the form that its caller speaks, and ends the connection:
 * what is still on its way is not waited for.
 */
export function refuse(request: FastifyRequest, reply: FastifyReply, error: ConnectError): FastifyReply {
  const type = request.headers["content-type"] ?? "";
  reply.header("connection", "close");
  if (type.startsWith("application/grpc"))
    return reply
      .code(200)
      .header("content-type", type)
      .header("grpc-status", String(error.code))
      .header("grpc-message", encodeURIComponent(error.rawMessage))
      .send();
  if (type.startsWith("application/connect+")) {
    const text = Buffer.from(JSON.stringify(endStreamToJson(new Headers(), error, undefined)));
    const envelope = Buffer.alloc(5);
    envelope[0] = END_STREAM;
    envelope.writeUInt32BE(text.length, 1);
    return reply
      .code(200)
      .header("content-type", type)
      .send(Buffer.concat([envelope, text]));
  }
  // A caller that speaks nothing we know gets what every browser can read.
  return reply
    .code(codeToHttpStatus(error.code ?? Code.Unknown))
    .header("content-type", "application/json")
    .send(JSON.stringify(errorToJson(error, undefined)));
}
