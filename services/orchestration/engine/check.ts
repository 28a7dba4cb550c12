import { rpcOptions } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { orchestrationErrors } from "../errors.ts";
import type { Definition, Step } from "./definition.ts";

const ID = /^[a-z][a-z0-9-]{0,47}$/;
const STEP_ID = /^[a-z][a-z0-9-]{0,23}$/;
const STEPS_MOST = 64;
const TRIES_MOST = 11;

/** @throws ORCH_DEFINITION, ORCH_CYCLE */
export function checkDefinition(definition: Definition): void {
  const { id, version, steps } = definition;
  const name = `${id} v${version}`;
  const refuse = (why: string) =>
    new OrreryError(orchestrationErrors.ORCH_DEFINITION, { given: `${name}: ${why}` });
  if (!ID.test(id)) throw refuse(`its id is to be like ${ID.source}`);
  if (!Number.isInteger(version) || version < 1) throw refuse("its version is a whole number from 1 on");
  const all = Object.entries(steps);
  if (all.length < 1 || all.length > STEPS_MOST) throw refuse(`${all.length} steps, 1..${STEPS_MOST}`);
  if ((definition.output === undefined) !== (definition.answer === undefined))
    throw refuse("output and answer go together");
  for (const [stepId, step] of all) {
    if (!STEP_ID.test(stepId)) throw refuse(`step ${stepId}: its id is to be like ${STEP_ID.source}`);
    const why = stepProblem(step);
    if (why !== undefined) throw refuse(`step ${stepId}: ${why}`);
    const unknown = step.needs?.find((need) => !Object.hasOwn(steps, need));
    if (unknown !== undefined) throw refuse(`step ${stepId} needs ${unknown}, which there is not`);
  }
  const circle = circleIn(steps);
  if (circle !== undefined)
    throw new OrreryError(orchestrationErrors.ORCH_CYCLE, { given: `${name}: ${circle.join(" → ")}` });
  const beside = besidePivot(steps);
  if (beside !== undefined)
    throw refuse(
      `step ${beside[0]} may run beside ${beside[1]}, which is a point of no return: let one need the other`,
    );
}

/** A step that neither comes before a pivot nor follows it could fail when there is no way back. */
function besidePivot(steps: Definition["steps"]): readonly [string, string] | undefined {
  const before = (id: string): ReadonlySet<string> => {
    const found = new Set<string>();
    for (const queue = [...(steps[id]?.needs ?? [])]; queue.length > 0; ) {
      const next = queue.pop() as string;
      if (!found.has(next)) queue.push(...(steps[next]?.needs ?? []));
      found.add(next);
    }
    return found;
  };
  for (const [pivot, { pivot: isPivot }] of Object.entries(steps))
    for (const id of isPivot ? Object.keys(steps) : [])
      if (id !== pivot && !before(pivot).has(id) && !before(id).has(pivot)) return [id, pivot];
  return undefined;
}

function stepProblem(step: Step): string | undefined {
  if (step.kind === "infer")
    return "there is no service that answers inferences; leave it out, or work it out by rules";
  const { tries = 1, factor = 1, firstMs = 1, maxMs = 1 } = step.retry ?? {};
  if (!(tries >= 1 && tries <= TRIES_MOST)) return `${tries} tries, 1..${TRIES_MOST}`;
  if (!(factor >= 1 && firstMs > 0 && maxMs > 0)) return "its pauses are to grow";
  if (step.pivot && step.kind !== "rpc") return "only a call can be a point of no return";
  if (step.timeoutMs !== undefined && !(step.timeoutMs > 0)) return `timeout ${step.timeoutMs} ms`;
  if (step.kind !== "rpc" && step.kind !== "map") return undefined;
  const calls = [step.method, ...(step.compensate === undefined ? [] : [step.compensate.method])];
  // Its answer may be lost, and then it is asked again.
  const unsafe = calls.find((method) => !rpcOptions(method).idempotent);
  return unsafe && `${unsafe.parent.typeName}/${unsafe.name} cannot be repeated safely`;
}

/** Steps that need each other, the first of them twice; undefined: there are none. */
function circleIn(steps: Definition["steps"]): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  function walk(id: string): string[] | undefined {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    if (done.has(id)) return undefined;
    path.push(id);
    for (const need of steps[id]?.needs ?? []) {
      const found = walk(need);
      if (found !== undefined) return found;
    }
    path.pop();
    done.add(id);
    return undefined;
  }
  for (const id of Object.keys(steps)) {
    const found = walk(id);
    if (found !== undefined) return found;
  }
  return undefined;
}
