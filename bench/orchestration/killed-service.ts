// The orchestration service in a process that is killed: by its parent, or by itself at a boundary.
//   node bench/orchestration/killed-service.ts <data folder> <boundary, or -> <executions that are to reach it>
import { ExecutionStatusSchema } from "@orrery/schema/orchestration/v1";
import type { Ask, Doing, Done, Stand, Told } from "./messages.ts";
import { openScene } from "./scene.ts";

const [folder = "", boundary = "-", wanted = "0"] = process.argv.slice(2);
const say = (told: Told) => void process.send?.(told);
const waiting = new Map<number, (done: Done) => void>();
const reached = new Set<string>();
let doings = 0;

/** Whoever has reached the boundary goes no further; when all have, the process ends as if its power were cut. */
function at(point: string): void | Promise<void> {
  const [, phase = "", execution = "", step = "", kind = ""] =
    /^(\S+) ([^/]+)\/(.*)\/([a-z]+)\/\d+$/.exec(point) ?? [];
  if (reached.has(execution)) return new Promise(() => {});
  if (`${phase} ${kind} ${step}` !== boundary) return;
  reached.add(execution);
  if (reached.size === Number(wanted)) process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}

const scene = await openScene(
  folder,
  (key, effect) =>
    new Promise((resolve) => {
      const doing: Doing = { id: ++doings, key, effect };
      waiting.set(doing.id, ({ refused }) => resolve(refused));
      say({ told: "do", doing });
    }),
  boundary === "-" ? undefined : at,
);

async function stand(): Promise<Stand> {
  const statuses: Record<string, number> = {};
  const compensated: string[][] = [];
  let [open, differing, inputs] = [0, 0, 0];
  for (let pageToken = ""; ; ) {
    const page = await scene.flows.list({ pageSize: 500, pageToken });
    for (const { executionId, status, endedMs, compensated: undone } of page.executions) {
      const name = ExecutionStatusSchema.values.find(({ number }) => number === status)?.localName ?? "";
      statuses[name] = (statuses[name] ?? 0) + 1;
      if (endedMs === 0) {
        open += 1;
        continue;
      }
      if (undone.length > 0) compensated.push([...undone]);
      const again = await scene.flows.replay({ executionId });
      if (again.differsAt !== 0) differing += 1;
      inputs += again.inputs;
    }
    pageToken = page.nextPageToken;
    if (pageToken === "") return { open, statuses, compensated, differing, inputs };
  }
}

process.on("disconnect", () => process.exit(0));
process.on("message", (message: Ask | Done) => {
  if ("id" in message) {
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  } else if (message.ask === "start") {
    void Promise.all(message.ids.map((id) => scene.start(message.workflowId, id))).then(() =>
      say({ told: "started" }),
    );
  } else void stand().then((found) => say({ told: "stand", ...found }));
});
say({ told: "ready" });
