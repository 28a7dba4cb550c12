import type { DescMessage, DescMethodUnary, MessageShape } from "@bufbuild/protobuf";
import type { Rung } from "@orrery/schema/orchestration/v1";
import type { Codec } from "@orrery/wire";

/** What the code of a definition may see: it has no clock, asks nobody, and draws from no source of its own. */
export interface See<I = unknown> {
  readonly input: I;
  readonly executionId: string;
  /** `platform`: of no world. */
  readonly worldId: string;
  readonly ownerId: string;
  readonly rung: Rung;
  /** What a step answered; undefined: it was skipped. */
  result<D extends DescMessage>(schema: D, stepId: string): MessageShape<D> | undefined;
  /** The same, of a step that was not skipped. @throws ORCH_STEP_FAULT */
  need<D extends DescMessage>(schema: D, stepId: string): MessageShape<D>;
  /** Of a map: what its items answered, in their order, without those that were skipped. */
  results<D extends DescMessage>(schema: D, stepId: string): MessageShape<D>[];
}

export interface RetryTerms {
  /** Tries, the first among them: 1..11. */
  readonly tries: number;
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/** Whose keys are good for ever: a call may be repeated under its key at any time. */
export const FOR_EVER = Number.POSITIVE_INFINITY;

/** What every step may say. */
export interface Around<I> {
  /** Steps that are settled before it begins. */
  readonly needs?: readonly string[];
  /** False: it is skipped. */
  readonly when?: (see: See<I>) => boolean;
  /** Of a call: of one try. Of what waits: how long it does. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryTerms>;
  /** `fail` undoes all; `skip` goes on without it. Default: `fail`. */
  readonly onFailure?: "fail" | "skip";
  /** Goes on with this in place of its answer. */
  readonly fallback?: (see: See<I>) => object;
  /** The point of no return: from its success on the execution goes only forward. */
  readonly pivot?: boolean;
}

/** A call that takes another one back. */
export interface Undo<I> {
  readonly method: DescMethodUnary;
  /** @param done what the call answered, as bytes of its output */
  readonly request: (see: See<I>, key: string, done: any) => object;
  /** How long the callee knows a key, ms. Default: 24 h. */
  readonly keyWindowMs?: number;
}

interface Call<I> extends Around<I> {
  readonly method: DescMethodUnary;
  readonly compensate?: Undo<I>;
  /** How long the callee knows a key, ms: it is never asked again beyond that less an hour. Default: 24 h. */
  readonly keyWindowMs?: number;
}

export interface RpcStep<I = any> extends Call<I> {
  readonly kind: "rpc";
  readonly request: (see: See<I>, key: string) => object;
}
export interface MapStep<I = any> extends Call<I> {
  readonly kind: "map";
  readonly over: (see: See<I>) => readonly unknown[];
  readonly request: (see: See<I>, key: string, item: any) => object;
}
export interface PureStep<I = any> extends Around<I> {
  readonly kind: "pure";
  readonly output: DescMessage;
  readonly compute: (see: See<I>, seed: string) => object;
}
export interface ChildStep<I = any> extends Around<I> {
  readonly kind: "child";
  readonly workflowId: string;
  readonly childInput: DescMessage;
  readonly request: (see: See<I>) => object;
}
export interface ApproveStep<I = any> extends Around<I> {
  readonly kind: "approve";
  /** Who may say so. */
  readonly by: "admin" | "owner";
}
export interface EventStep<I = any> extends Around<I> {
  readonly kind: "event";
  readonly codec: Codec;
  /** What the event is about, as the execution names it; said as it begins. */
  readonly about: (see: See<I>) => string;
  /** The same, as the event names it. */
  readonly names: (event: any) => string;
  /** `start`: one that came before the step was ready counts too. */
  readonly since: "start" | "ready";
}
export interface TimerStep<I = any> extends Around<I> {
  readonly kind: "timer";
  /** Real time from its beginning on, ms; or game time of the execution's world, game seconds. */
  readonly wait: (see: See<I>) => { readonly ms: number } | { readonly gs: number };
}
/** Asks a model: there is no one to ask yet, so the start refuses it. */
export interface InferStep<I = any> extends Around<I> {
  readonly kind: "infer";
}
export type Step<I = any> =
  | RpcStep<I>
  | MapStep<I>
  | PureStep<I>
  | ChildStep<I>
  | ApproveStep<I>
  | EventStep<I>
  | TimerStep<I>
  | InferStep<I>;

/** A workflow: what it takes, its steps in the order in which they are shown, and what it answers. */
export interface Definition<I = any> {
  /** URL of its file: what it imports from its own service is part of what it is. */
  readonly module: string;
  readonly id: string;
  readonly version: number;
  readonly summary: string;
  readonly input: DescMessage;
  /** Why the input cannot be used; undefined: it can. */
  readonly refuses?: (input: I, worldId: string) => string | undefined;
  /** Who may begin it besides operators. */
  readonly starts: readonly ("service" | "player")[];
  /** Of an input: the player whose it is, where a service begins it for one. */
  readonly owner?: (input: I) => string;
  /** Real time, ms; 0: none. */
  readonly deadlineMs: number;
  /** Runs counted against a tier's scenes. */
  readonly metered?: boolean;
  readonly steps: Readonly<Record<string, Step<I>>>;
  readonly output?: DescMessage;
  readonly answer?: (see: See<I>) => object;
}
