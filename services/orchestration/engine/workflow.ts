import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { Codec, MessageOf } from "@orrery/wire";
import type {
  ApproveStep,
  Around,
  ChildStep,
  Definition,
  EventStep,
  InferStep,
  MapStep,
  PureStep,
  RpcStep,
  See,
  Step,
  TimerStep,
  Undo,
} from "./definition.ts";

interface CallTerms<I> extends Around<I> {
  /** How long the callee knows a key, ms. Default: 24 h. */
  readonly keyWindowMs?: number;
  readonly compensate?: Undo<I>;
}

/** The kinds of steps that a workflow with such an input is made of. */
export interface Makers<I> {
  /** Calls another service; its key is filled in where the request has a field `idempotency_key`. */
  rpc<In extends DescMessage, Out extends DescMessage>(
    method: DescMethodUnary<In, Out>,
    terms: CallTerms<I> & { readonly request: (see: See<I>, key: string) => MessageInitShape<In> },
  ): RpcStep<I>;
  /** The call that takes `of` back. */
  undoneBy<In extends DescMessage, Out extends DescMessage, Done extends DescMessage>(
    method: DescMethodUnary<In, Out>,
    of: DescMethodUnary<any, Done>,
    request: (see: See<I>, key: string, done: MessageShape<Done>) => MessageInitShape<In>,
    terms?: { readonly keyWindowMs?: number },
  ): Undo<I>;
  /** The same call for each of several things, at most 1,000. */
  map<T, In extends DescMessage, Out extends DescMessage>(
    method: DescMethodUnary<In, Out>,
    terms: CallTerms<I> & {
      readonly over: (see: See<I>) => readonly T[];
      readonly request: (see: See<I>, key: string, item: T) => MessageInitShape<In>;
    },
  ): MapStep<I>;
  /** Works something out; `seed` is the same each time, and no other step's. */
  pure<Out extends DescMessage>(
    output: Out,
    terms: Around<I> & { readonly compute: (see: See<I>, seed: string) => MessageInitShape<Out> },
  ): PureStep<I>;
  /** Another workflow, whose end is awaited; it is cancelled with its parent. */
  child<In extends DescMessage>(
    workflowId: string,
    childInput: In,
    terms: Around<I> & { readonly request: (see: See<I>) => MessageInitShape<In> },
  ): ChildStep<I>;
  /** Waits for somebody to say yes. */
  approve(terms: Around<I> & { readonly by: "admin" | "owner" }): ApproveStep<I>;
  /** Waits for something to be said on the bus. */
  event<C extends Codec>(
    codec: C,
    terms: Around<I> & {
      readonly about: (see: See<I>) => string;
      readonly names: (event: MessageOf<C>) => string;
      readonly since: "start" | "ready";
    },
  ): EventStep<I>;
  timer(terms: Around<I> & Pick<TimerStep<I>, "wait">): TimerStep<I>;
  infer(terms?: Around<I>): InferStep<I>;
}

export interface Given<I, O extends DescMessage>
  extends Omit<Definition<I>, "input" | "steps" | "output" | "answer"> {
  readonly steps: Readonly<Record<string, Step<I>>>;
  readonly output?: O;
  readonly answer?: (see: See<I>) => MessageInitShape<O>;
}

const makers: Makers<any> = {
  rpc: (method, terms) => ({ kind: "rpc", method, ...terms }),
  undoneBy: (method, _of, request, terms = {}) => ({ method, request, ...terms }),
  map: (method, terms) => ({ kind: "map", method, ...terms }) as MapStep,
  pure: (output, terms) => ({ kind: "pure", output, ...terms }),
  child: (workflowId, childInput, terms) => ({ kind: "child", workflowId, childInput, ...terms }),
  approve: (terms) => ({ kind: "approve", ...terms }),
  event: (codec, terms) => ({ kind: "event", codec, ...terms }),
  timer: (terms) => ({ kind: "timer", ...terms }),
  infer: (terms = {}) => ({ kind: "infer", ...terms }),
};

/** A workflow that takes this message; `make` says the rest. */
export function workflow<D extends DescMessage, O extends DescMessage>(
  input: D,
  make: (makers: Makers<MessageShape<D>>) => Given<MessageShape<D>, O>,
): Definition {
  return { ...make(makers), input } as unknown as Definition;
}
