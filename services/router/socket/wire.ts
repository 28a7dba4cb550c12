import { fromJsonString, toJsonString } from "@bufbuild/protobuf";
import {
  ClientMessage,
  ClientMessageSchema,
  ServerMessage,
  ServerMessageSchema,
} from "@orrery/schema/router/v1";
import { encodeBytes, type InitOf, OrreryError } from "@orrery/wire";
import { create } from "@bufbuild/protobuf";
import { routerErrors } from "../errors.ts";

export const BINARY_PROTOCOL = "orrery.v1";
export const JSON_PROTOCOL = "orrery.v1.json";

/** How one connection's messages become bytes or text; agreed by the WebSocket subprotocol. */
export interface MessageForm {
  readonly name: string;
  write(message: InitOf<typeof ServerMessage>): Uint8Array | string;
  /** @throws ROUTER_PROTOCOL */
  read(data: Uint8Array, isBinary: boolean): ClientMessage;
}

export const binaryForm: MessageForm = {
  name: BINARY_PROTOCOL,
  write: (message) => encodeBytes(ServerMessage, message),
  read(data, isBinary) {
    if (!isBinary)
      throw new OrreryError(routerErrors.ROUTER_PROTOCOL, { given: `text on ${BINARY_PROTOCOL}` });
    try {
      return ClientMessage.decode(data);
    } catch (cause) {
      throw new OrreryError(routerErrors.ROUTER_PROTOCOL, {
        given: cause instanceof Error ? cause.message : "",
        cause,
      });
    }
  },
};

export const jsonForm: MessageForm = {
  name: JSON_PROTOCOL,
  write: (message) => toJsonString(ServerMessageSchema, create(ServerMessageSchema, message)),
  read(data) {
    try {
      return fromJsonString(ClientMessageSchema, Buffer.from(data).toString("utf8"));
    } catch (cause) {
      throw new OrreryError(routerErrors.ROUTER_PROTOCOL, {
        given: cause instanceof Error ? cause.message : "",
        cause,
      });
    }
  },
};
