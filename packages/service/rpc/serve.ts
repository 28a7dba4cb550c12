import type {
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { Kit, Part } from "../kit.ts";
import type { Caller } from "./caller.ts";

/** What a handler is told besides the request. */
export interface Call {
  readonly caller: Caller;
  readonly kit: Kit;
  /** Aborts when the caller leaves or the deadline passes. */
  readonly signal: AbortSignal;
  /** The running form of one of the service's parts. */
  part<R>(part: Part<R>): R;
}

type Reply<T> = T | Promise<T>;

/** One function a method, by its name in the contract. */
export type Handlers<S extends DescService> = {
  [K in keyof S["method"]]: S["method"][K] extends DescMethodUnary<infer I, infer O>
    ? (request: MessageShape<I>, call: Call) => Reply<MessageInitShape<O>>
    : S["method"][K] extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageShape<I>, call: Call) => AsyncIterable<MessageInitShape<O>>
      : never;
};

export interface RpcBinding {
  readonly service: DescService;
  readonly handlers: Readonly<Record<string, (request: any, call: Call) => unknown>>;
}

/** Binds a contract to its handlers; a method without one does not compile. */
export function serve<S extends DescService>(service: S, handlers: Handlers<S>): RpcBinding {
  return { service, handlers: handlers as RpcBinding["handlers"] };
}
