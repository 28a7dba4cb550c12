import { createHash } from "node:crypto";

const LONGEST = 64;
const PATTERN = /^[A-Za-z0-9._:-]{1,64}$/;

export const isExecutionId = (id: string): boolean => PATTERN.test(id);

/** A digest as text that may stand in ids and keys. */
export const shortDigest = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\u0000");
  return hash.digest("base64url");
};

/** As long as it may be, or its digest. */
const fitting = (text: string): string => (text.length <= LONGEST ? text : shortDigest(text));

/** Under which a step's call is made, each time: no two calls of any executions have one, but an undo has its own. */
export const callKey = (executionId: string, stepId: string, item: string, undo: boolean): string =>
  // Targets ask for 8 characters at least.
  fitting(
    [executionId, stepId, ...(item === "" ? [] : [item]), ...(undo ? ["undo"] : [])].join("/").padEnd(8, "."),
  );

export const childId = (executionId: string, stepId: string): string => {
  const id = `${executionId}.${stepId}`;
  return id.length <= LONGEST ? id : `c-${shortDigest(id)}`;
};

/** As it is shown and listed: `items/3`. */
export const nameOfRun = ({ stepId, item }: { readonly stepId: string; readonly item: string }): string =>
  item === "" ? stepId : `${stepId}/${item}`;
