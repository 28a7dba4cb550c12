import { create, toBinary } from "@bufbuild/protobuf";
import {
  AnswerInputSchema,
  Execution,
  ExecutionSchema,
  ExecutionStatus,
  FailureSchema,
  RecordedSchema,
} from "@orrery/schema/orchestration/v1";
import { type BulkTable, type KitTables, rowsFor } from "@orrery/service";
import type { Kysely } from "kysely";
import type { Registry } from "../definitions/registry.ts";
import { apply, dueAt, type Input } from "../engine/apply.ts";
import { shortDigest } from "../engine/ids.ts";
import { isFinal, isSettled, runOf } from "../engine/runs.ts";
import { seeing } from "../engine/see.ts";
import { stuckOf } from "../engine/undo.ts";
import {
  ASKED,
  type AskedRow,
  AWAITED,
  type AwaitedRow,
  DEFINITION,
  EXECUTION,
  HISTORY,
  type HistoryRow,
  NEVER_MS,
  type OrchestrationTables,
} from "../store/rows.ts";
import { ordersOf } from "../work/orders.ts";
import { type Encoded, encodedEvent } from "./frames.ts";

export type Tables = OrchestrationTables & KitTables;

/** One commit's worth of what executions are told. */
export interface Sheet {
  readonly nowMs: number;
  readonly db: Kysely<Tables>;
  execution(id: string): Promise<Execution | undefined>;
  /** @param execution new: its first input is its start */
  begin(execution: Execution): Promise<void>;
  /** An execution that was over before it began: it is only kept. */
  keep(execution: Execution): void;
  /** @returns whether it had any bearing */
  tell(id: string, input: Input): Promise<boolean>;
  /** Takes a call under its key. @returns the one that was taken under it before; undefined: none was */
  ask(row: AskedRow): Promise<AskedRow | undefined>;
  /** It was not taken after all. */
  unask(row: AskedRow): void;
  /** A version runs from now on, and stays what it is. */
  freeze(row: OrchestrationTables["definition"]): void;
  /** A row that goes with this commit; of two of one key the last. */
  write<R extends object>(table: BulkTable<R>, row: R): void;
}

export interface Filled extends Sheet {
  readonly touched: ReadonlyMap<string, Execution>;
  readonly said: readonly Encoded[];
  rows(): ReturnType<typeof rowsFor>[];
  /** Steps that wait for no event any more. */
  readonly unawaited: readonly AwaitedRow[];
}

export interface SheetTerms {
  readonly db: Kysely<Tables>;
  readonly registry: Registry;
  readonly nowMs: number;
  cached(id: string): Execution | undefined;
}

export function createSheet({ db, registry, nowMs, cached }: SheetTerms): Filled {
  const touched = new Map<string, Execution>();
  const loaded = new Map<string, Execution | undefined>();
  const said: Encoded[] = [];
  const history: HistoryRow[] = [];
  const definitions = new Map<string, OrchestrationTables["definition"]>();
  const others = new Map<BulkTable<any>, Map<string, object>>();
  const asked = new Map<string, AskedRow>();
  const awaited = new Map<string, AwaitedRow>();
  const unawaited = new Map<string, AwaitedRow>();

  async function execution(id: string): Promise<Execution | undefined> {
    if (loaded.has(id)) return loaded.get(id);
    let found = cached(id);
    if (found === undefined) {
      const row = await db.selectFrom("execution").select("body").where("id", "=", id).executeTakeFirst();
      found = row && (Execution.decode(row.body) as Execution);
    }
    loaded.set(id, found);
    return found;
  }

  async function tell(id: string, input: Input): Promise<boolean> {
    const found = await execution(id);
    if (found === undefined) return false;
    const definition = registry.of(found.workflowId, found.workflowVersion);
    const events = apply(definition, found, input, nowMs);
    if (events === undefined) return false;
    touched.set(id, found);
    const encoded = events.map((one) => encodedEvent(one, id));
    said.push(...encoded);
    const recorded = create(RecordedSchema, { seq: found.seq, atMs: nowMs, input });
    history.push({
      execution: id,
      seq: found.seq,
      body: toBinary(RecordedSchema, recorded),
      said: JSON.stringify(events.map(inWords)),
      digest: digestOf(encoded),
    });
    await wait(found);
    if (isFinal(found) && found.parentExecutionId !== "") await tellParent(found);
    return true;
  }

  /** What its steps wait for on the bus. */
  async function wait(found: Execution): Promise<void> {
    const definition = registry.of(found.workflowId, found.workflowVersion);
    for (const [stepId, step] of Object.entries(definition.steps)) {
      if (step.kind !== "event") continue;
      const run = runOf(found, stepId);
      if (run === undefined) continue;
      const row = { type: step.codec.typeName, about: "", execution: found.executionId, step: stepId };
      const name = `${row.execution}/${stepId}`;
      if (isSettled(run) || isFinal(found)) {
        awaited.delete(name);
        unawaited.set(name, row);
      } else if (step.since === "start" ? found.seq === 1 : run.startedMs === nowMs)
        awaited.set(name, { ...row, about: step.about(seeing(definition, found)) });
    }
  }

  async function tellParent(child: Execution): Promise<void> {
    const parent = await execution(child.parentExecutionId);
    const run = parent && runOf(parent, child.parentStep);
    if (run === undefined) return;
    const done = child.status === ExecutionStatus.COMPLETED;
    const { code = "ORCH_CANCELLED", sentence = "" } = child.failure ?? {};
    const failure = create(FailureSchema, { code, sentence: `${child.executionId}: ${sentence}` });
    await tell(child.parentExecutionId, {
      case: "answer",
      value: create(AnswerInputSchema, {
        ...{ stepId: child.parentStep, attempt: run.attempt },
        ...(done ? { resultType: child.resultType, result: child.result } : { failure }),
      }),
    });
  }

  return {
    ...{ nowMs, db, execution, tell, touched, said },
    async begin(begun) {
      loaded.set(begun.executionId, begun);
      await tell(begun.executionId, {
        case: "start",
        value: { $typeName: "orchestration.v1.StartInput", input: begun.input },
      });
    },
    async ask(row) {
      const name = `${row.execution}/${row.key}`;
      const known =
        asked.get(name) ??
        (await db
          .selectFrom("asked")
          .selectAll()
          .where("execution", "=", row.execution)
          .where("key", "=", row.key)
          .executeTakeFirst());
      if (known === undefined) asked.set(name, row);
      return known;
    },
    unask: ({ execution: of, key }) => void asked.delete(`${of}/${key}`),
    keep(execution) {
      loaded.set(execution.executionId, execution);
      touched.set(execution.executionId, execution);
    },
    write(table, row) {
      const key = table.key.map((column) => String(row[column])).join("\u0000");
      const own = others.get(table) ?? new Map<string, object>();
      others.set(table, own.set(key, row));
    },
    freeze: (row) => void definitions.set(`${row.id}/${row.version}`, row),
    get unawaited() {
      return [...unawaited.values()];
    },
    rows: () => [
      rowsFor(
        EXECUTION,
        [...touched.values()].map((one) => rowOf(registry, one)),
      ),
      rowsFor(HISTORY, history),
      rowsFor(AWAITED, [...awaited.values()]),
      rowsFor(DEFINITION, [...definitions.values()]),
      rowsFor(ASKED, [...asked.values()]),
      ...[...others].map(([table, rows]) => rowsFor(table, [...rows.values()])),
    ],
  };
}

function rowOf(registry: Registry, execution: Execution) {
  const definition = registry.of(execution.workflowId, execution.workflowVersion);
  return {
    id: execution.executionId,
    workflow: execution.workflowId,
    version: execution.workflowVersion,
    owner: execution.ownerId,
    parent: execution.parentExecutionId,
    status: execution.status,
    open: isFinal(execution) ? 0 : 1,
    busy: ordersOf(definition, execution).length > 0 ? 1 : 0,
    stuck: stuckOf(execution.runs).length,
    started_ms: execution.startedMs,
    ended_ms: execution.endedMs,
    due_ms: Math.min(dueAt(definition, execution), NEVER_MS),
    body: toBinary(ExecutionSchema, execution),
  };
}

export const digestOf = (said: readonly Encoded[]): string =>
  said.length === 0 ? "" : shortDigest(...said.flatMap(({ type, payload }) => [type, payload])).slice(0, 22);

/** `StepCompleted hold SUCCEEDED`, for who reads a history. */
function inWords({
  codec,
  event,
}: {
  readonly codec: { readonly typeName: string };
  readonly event: object;
}): string {
  const name = codec.typeName.split(".").at(-1) ?? "";
  const { stepId = "", item = "", outcome = 0, errorCode = "" } = event as Record<string, never>;
  const outcomes = ["", "SUCCEEDED", "FAILED", "TIMED_OUT", "SKIPPED", "CACHED", "COMPENSATED"];
  const step = item === "" ? stepId : `${String(stepId)}/${String(item)}`;
  return [name, step, outcomes[outcome] ?? "", errorCode].filter((part) => part !== "").join(" ");
}
