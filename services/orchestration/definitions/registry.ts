import { OrreryError } from "@orrery/wire";
import { checkDefinition } from "../engine/check.ts";
import type { Definition } from "../engine/definition.ts";
import { orchestrationErrors } from "../errors.ts";

/** The workflows there are. */
export interface Registry {
  readonly all: readonly Definition[];
  /** @param version 0: the newest @throws ORCH_UNKNOWN_WORKFLOW */
  of(id: string, version?: number): Definition;
  has(id: string, version: number): boolean;
  /** Types that some step waits for. */
  readonly heard: readonly string[];
}

/** @throws ORCH_DEFINITION, ORCH_CYCLE */
export function createRegistry(given: readonly Definition[]): Registry {
  const byName = new Map<string, Definition>();
  const newest = new Map<string, Definition>();
  for (const definition of given) {
    checkDefinition(definition);
    const { id, version } = definition;
    if (byName.has(`${id}/${version}`))
      throw new OrreryError(orchestrationErrors.ORCH_DEFINITION, {
        given: `${id} v${version} is there twice`,
      });
    byName.set(`${id}/${version}`, definition);
    if ((newest.get(id)?.version ?? 0) < version) newest.set(id, definition);
  }
  for (const { id, steps } of given)
    for (const [stepId, step] of Object.entries(steps))
      if (step.kind === "child" && !newest.has(step.workflowId))
        throw new OrreryError(orchestrationErrors.ORCH_DEFINITION, {
          given: `${id}, step ${stepId}: there is no workflow ${step.workflowId}`,
        });
  const steps = given.flatMap((one) => Object.values(one.steps));
  return {
    all: [...byName.values()],
    of(id, version = 0) {
      const found = version === 0 ? newest.get(id) : byName.get(`${id}/${version}`);
      if (found !== undefined) return found;
      const name = version === 0 ? id : `${id} v${version}`;
      throw new OrreryError(orchestrationErrors.ORCH_UNKNOWN_WORKFLOW, { given: name });
    },
    has: (id, version) => byName.has(`${id}/${version}`),
    heard: [...new Set(steps.flatMap((step) => (step.kind === "event" ? [step.codec.typeName] : [])))],
  };
}
