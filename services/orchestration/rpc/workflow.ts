import {
  type Execution as ExecutionMessage,
  Execution,
  Recorded,
  type ShownDefinitionInit,
  WorkflowService,
} from "@orrery/schema/orchestration/v1";
import { type Call, pageAsked, type Part, type RpcBinding, serve } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { isFinal } from "../engine/runs.ts";
import { orchestrationErrors } from "../errors.ts";
import type { Executions } from "../executions.ts";
import type { OrchestrationTables } from "../store/rows.ts";
import { beginCall } from "./begin.ts";
import { visible } from "./caller.ts";
import { replayed } from "./replay.ts";
import { explained, plainStep, shown } from "./shown.ts";
import { steering } from "./steer.ts";

const SIZES = { standard: 50, most: 500 };
const HEARTBEAT_MS = 5_000;
const tables = (call: Call) => call.kit.store.as<OrchestrationTables>();

/** As the database has it: what is asked for reads no memory, so any process can answer. */
async function read(call: Call, id: string): Promise<ExecutionMessage> {
  const row = await tables(call)
    .selectFrom("execution")
    .select("body")
    .where("id", "=", id)
    .executeTakeFirst();
  return visible(call, id, row && (Execution.decode(row.body) as ExecutionMessage));
}

export function workflowRpc(executions: Part<Executions>): RpcBinding {
  return serve(WorkflowService, {
    start: beginCall(executions),
    ...steering(executions),
    async get({ executionId }, call) {
      return { execution: shown(call.part(executions).registry, await read(call, executionId)) };
    },
    async list(request, call) {
      const { workflowId, statuses, openOnly, stuckOnly, pageSize, pageToken } = request;
      const ownerId = call.caller.role === "player" ? call.caller.id : request.ownerId;
      const query = ["executions", workflowId, ownerId, statuses, openOnly, stuckOnly];
      const page = pageAsked({ pageSize, pageToken }, query, ["number", "text"], SIZES);
      let found = tables(call)
        .selectFrom("execution")
        .select(["id", "started_ms", "body"])
        .orderBy("started_ms", "desc")
        .orderBy("id", "desc")
        .limit(page.size + 1);
      if (workflowId !== "") found = found.where("workflow", "=", workflowId);
      if (ownerId !== "") found = found.where("owner", "=", ownerId);
      if (statuses.length > 0) found = found.where("status", "in", statuses);
      if (openOnly) found = found.where("open", "=", 1);
      if (stuckOnly) found = found.where("stuck", ">", 0);
      if (page.place !== undefined) {
        const [ms, id] = page.place;
        found = found.where((where) =>
          where.or([
            where("started_ms", "<", ms),
            where.and([where("started_ms", "=", ms), where("id", "<=", id)]),
          ]),
        );
      }
      const rows = await found.execute();
      const next = rows[page.size];
      const { registry } = call.part(executions);
      return {
        executions: rows
          .slice(0, page.size)
          .map(({ body }) => shown(registry, Execution.decode(body) as ExecutionMessage, false)),
        nextPageToken: page.next(next === undefined ? undefined : [Number(next.started_ms), next.id]),
      };
    },
    async history({ executionId, pageSize, pageToken }, call) {
      await read(call, executionId);
      const page = pageAsked({ pageSize, pageToken }, ["history", executionId], ["number"], SIZES);
      const rows = await tables(call)
        .selectFrom("history")
        .select(["seq", "body", "said"])
        .where("execution", "=", executionId)
        .where("seq", ">=", page.place?.[0] ?? 1)
        .orderBy("seq")
        .limit(page.size + 1)
        .execute();
      const next = rows[page.size];
      return {
        lines: rows
          .slice(0, page.size)
          .map(({ body, said }) => ({ recorded: Recorded.decode(body), said: JSON.parse(said) as string[] })),
        nextPageToken: page.next(next && [next.seq]),
      };
    },
    async *watch({ executionId }, call) {
      const own = call.part(executions);
      for (let seq = -1; !call.signal.aborted; ) {
        const changed = new AbortController();
        const signal = AbortSignal.any([call.signal, changed.signal]);
        const next = own.feed.next(executionId, signal);
        const execution = await read(call, executionId);
        if (execution.seq === seq) {
          await Promise.race([next, call.kit.clock.sleep(HEARTBEAT_MS, signal)]);
          changed.abort();
          const again = await read(call, executionId);
          if (again.seq === seq) yield {};
          continue;
        }
        changed.abort();
        seq = execution.seq;
        yield { execution: shown(own.registry, execution) };
        if (isFinal(execution)) return;
      }
    },
    async explain({ executionId }, call) {
      const { registry } = call.part(executions);
      const execution = await read(call, executionId);
      return { execution: shown(registry, execution), lines: explained(registry, execution) };
    },
    async listDefinitions(_request, call) {
      const own = call.part(executions);
      const counts = await tables(call)
        .selectFrom("execution")
        .select(({ fn }) => ["workflow", "version", fn.countAll<number>().as("n")])
        .where("open", "=", 1)
        .groupBy(["workflow", "version"])
        .execute();
      const openOf = (id: string, version: number) =>
        Number(counts.find((row) => row.workflow === id && row.version === version)?.n ?? 0);
      return {
        definitions: own.registry.all.map((one): ShownDefinitionInit => {
          const { id, version, summary, input, deadlineMs, starts, steps } = one;
          return {
            ...{ workflowId: id, version, summary, deadlineMs },
            inputType: input.typeName,
            starts: [...starts],
            steps: Object.entries(steps).map(([stepId, step]) => plainStep(stepId, step)),
            hash: own.hash(one),
            frozen: own.frozen.has(`${id}/${version}`),
            open: openOf(id, version),
          };
        }),
      };
    },
    async replay({ executionId }, call) {
      const { registry } = call.part(executions);
      const execution = await read(call, executionId);
      if (!registry.has(execution.workflowId, execution.workflowVersion))
        throw new OrreryError(orchestrationErrors.ORCH_UNKNOWN_WORKFLOW, {
          given: `${execution.workflowId} v${execution.workflowVersion}`,
        });
      return replayed(tables(call), registry, execution);
    },
  });
}
