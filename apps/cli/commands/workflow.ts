import { randomUUID } from "node:crypto";
import { Command } from "commander";
import { ExecutionStatus, StepStatus, WorkflowService } from "@orrery/schema/orchestration/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { whole } from "../numbers.ts";
import { printRows, wordOf } from "../print.ts";
import { graphOf } from "./workflow-graph.ts";

const flowsOf = async (options: EdgeOptions) => (await openEdge(options)).client(WorkflowService);
const time = (ms: number) => (ms === 0 ? undefined : new Date(ms).toISOString());

/** `items/3`: a step, and the item of it. */
function ofStep(text: string): { readonly stepId: string; readonly item: string } {
  const [stepId = "", item = ""] = text.split("/");
  return { stepId, item };
}

const list = edgeCommand("list", "workflows that run, and that ran, newest first")
  .option("--workflow <id>", "of this one only", "")
  .option("--owner <id>", "of this player, service or operator", "")
  .option("--open", "those that go on")
  .option("--stuck", "those with an undo that was given up")
  .option("--limit <n>", "at most so many, 1..500", whole(1, 500), 50)
  .action(
    async (
      options: EdgeOptions & {
        workflow: string;
        owner: string;
        open?: boolean;
        stuck?: boolean;
        limit: number;
      },
    ) => {
      const flows = await flowsOf(options);
      const {
        workflow: workflowId,
        owner: ownerId,
        open: openOnly = false,
        stuck: stuckOnly = false,
      } = options;
      const { executions } = await flows.list({
        workflowId,
        ownerId,
        openOnly,
        stuckOnly,
        pageSize: options.limit,
      });
      printRows(
        executions.map((one) => ({
          execution: one.executionId,
          workflow: `${one.workflowId} v${one.workflowVersion}`,
          status: wordOf(ExecutionStatus, one.status),
          done: `${Math.round(one.progress * 100)} %`,
          owner: one.ownerId,
          begun: time(one.startedMs),
          why: one.errorCode || one.waitsFor,
          stuck: one.stuck.join(" "),
        })),
        options.json,
      );
    },
  );

const definitions = edgeCommand(
  "definitions",
  "the workflows there are: who may begin them, and of what steps",
).action(async (options: EdgeOptions) => {
  const { definitions: all } = await (await flowsOf(options)).listDefinitions({});
  printRows(
    all.map((one) => ({
      workflow: `${one.workflowId} v${one.version}`,
      open: one.open,
      takes: one.inputType,
      "begun by": [...one.starts, "admin"].join(" "),
      steps: one.steps.map(({ stepId, pivot }) => (pivot ? `${stepId}!` : stepId)).join(" "),
      "what it is": one.hash,
      summary: one.summary,
    })),
    options.json,
  );
});

const begin = edgeCommand("start", "begins a workflow")
  .argument("<workflow>", "its id")
  .argument("<input>", "its input message as JSON")
  .option("--id <execution>", "what it is to be called; the same again is the same execution", "")
  .option("--in-world <id>", "the world that it is about", "")
  .action(
    async (workflowId: string, json: string, options: EdgeOptions & { id: string; inWorld: string }) => {
      const { execution, known } = await (await flowsOf(options)).start({
        ...{ workflowId, executionId: options.id, worldId: options.inWorld, idempotencyKey: randomUUID() },
        input: { case: "json", value: json },
      });
      printRows([{ execution: execution?.executionId, known }], options.json);
    },
  );

const show = edgeCommand("show", "one execution as a graph: how each step stands, and what it answered")
  .argument("<execution>")
  .action(async (executionId: string, options: EdgeOptions) => {
    const { execution } = await (await flowsOf(options)).get({ executionId });
    if (execution === undefined) return;
    if (options.json) printRows([execution], true);
    else for (const line of graphOf(execution)) console.log(line);
  });

const why = edgeCommand("why", "why an execution goes on or does not, and what would undo what it did")
  .argument("<execution>")
  .action(async (executionId: string, options: EdgeOptions) => {
    const { execution, lines } = await (await flowsOf(options)).explain({ executionId });
    if (options.json) return printRows([{ executionId, lines }], true);
    const status = wordOf(ExecutionStatus, execution?.status ?? 0);
    console.log(`${executionId} is ${status}.`);
    for (const line of lines) console.log(line);
  });

const history = edgeCommand("history", "all that an execution was told, and what it said over it")
  .argument("<execution>")
  .option("--check", "handles it again and compares what is said, byte for byte; calls nobody")
  .action(async (executionId: string, options: EdgeOptions & { check?: boolean }) => {
    const flows = await flowsOf(options);
    if (options.check) {
      const { inputs, events, differsAt } = await flows.replay({ executionId });
      printRows([{ inputs, events, "differs at": differsAt === 0 ? "nowhere" : differsAt }], options.json);
      if (differsAt !== 0) process.exitCode = 1;
      return;
    }
    for (let pageToken = ""; ; ) {
      const page = await flows.history({ executionId, pageSize: 500, pageToken });
      printRows(
        page.lines.map(({ recorded, said }) => {
          const {
            stepId = "",
            item = "",
            attempt,
            failure,
            by,
          } = (recorded?.input.value ?? {}) as Record<string, any>;
          return {
            seq: recorded?.seq,
            at: time(recorded?.atMs ?? 0),
            told: [
              recorded?.input.case,
              item === "" ? stepId : `${stepId}/${item}`,
              attempt && `(${attempt})`,
            ]
              .filter(Boolean)
              .join(" "),
            how: failure?.code ?? by,
            said: said.join("; "),
          };
        }),
        options.json,
      );
      pageToken = page.nextPageToken;
      if (pageToken === "") return;
    }
  });

const cancel = edgeCommand("cancel", "ends an execution, and undoes what it did")
  .argument("<execution>")
  .requiredOption("--reason <text>", "why, for the record")
  .action(async (executionId: string, options: EdgeOptions & { reason: string }) => {
    const asked = { executionId, reason: options.reason, idempotencyKey: randomUUID() };
    const { execution } = await (await flowsOf(options)).cancel(asked);
    printRows(
      [{ execution: executionId, status: wordOf(ExecutionStatus, execution?.status ?? 0) }],
      options.json,
    );
  });

const signal = edgeCommand("signal", "answers a step that waits for a yes")
  .argument("<execution>")
  .argument("<step>")
  .option("--no", "says no: it fails, and what was done is undone")
  .option("--note <text>", "why", "")
  .action(
    async (executionId: string, name: string, options: EdgeOptions & { no?: boolean; note: string }) => {
      const approved = options.no !== true;
      const asked = { executionId, name, approved, note: options.note, idempotencyKey: randomUUID() };
      await (await flowsOf(options)).signal(asked);
      printRows([{ execution: executionId, step: name, approved }], options.json);
    },
  );

const retry = edgeCommand("retry", "tries a step that waits, or an undo that was given up, at once")
  .argument("<execution>")
  .argument("<step>", "like hold, or items/3")
  .action(async (executionId: string, step: string, options: EdgeOptions) => {
    const asked = { executionId, ...ofStep(step), idempotencyKey: randomUUID() };
    await (await flowsOf(options)).retryStep(asked);
    printRows([{ execution: executionId, step, tried: "again" }], options.json);
  });

const skip = edgeCommand("skip", "goes on without a step; an undo that was given up counts as done by hand")
  .argument("<execution>")
  .argument("<step>", "like hold, or items/3")
  .requiredOption("--reason <text>", "why, for the record")
  .action(async (executionId: string, step: string, options: EdgeOptions & { reason: string }) => {
    const asked = { executionId, ...ofStep(step), reason: options.reason, idempotencyKey: randomUUID() };
    const { execution } = await (await flowsOf(options)).skipStep(asked);
    const { stepId, item } = ofStep(step);
    const found = execution?.steps.find((one) => one.stepId === stepId && one.item === item);
    printRows(
      [{ execution: executionId, step, status: wordOf(StepStatus, found?.status ?? 0) }],
      options.json,
    );
  });

export const workflow = new Command("workflow")
  .description("work that spans services: begin it, see why it waits, steer it")
  .addCommand(list)
  .addCommand(definitions)
  .addCommand(begin)
  .addCommand(show)
  .addCommand(why)
  .addCommand(history)
  .addCommand(cancel)
  .addCommand(signal)
  .addCommand(retry)
  .addCommand(skip);
