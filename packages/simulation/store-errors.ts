import { isError } from "@orrery/wire";
import { simulationErrors } from "./errors.ts";

/** Whether the database refused only because others were at work. */
export function isContention(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === "40001" || code === "40P01" || errcode === 5 || errcode === 6;
}

/** Not a mistake in what was asked or in this program: the database, the way to it, or the lease failed. */
export function isStoreError(error: unknown): boolean {
  if (isError(error, simulationErrors.WORLD_COMMIT_REFUSED)) return true;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (typeof errcode === "number") return true;
  // Of PostgreSQL a class of five characters; of Node the name of a system error. Its ERR_INVALID_ARG_TYPE and the like are mistakes.
  return (
    (typeof code === "string" && /^([0-9A-Z]{5}|E[A-Z]+)$/.test(code)) ||
    /connection|terminat/i.test(String(error))
  );
}
