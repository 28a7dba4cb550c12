import { isError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";

/** Error codes of Node, SQLite (13 full, 10 I/O) and PostgreSQL (53100) that more room or a sound disk cures. */
const CODES: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EIO", "53100"]);
const SQLITE: ReadonlySet<unknown> = new Set([10, 13]);
const PRIMARY = 0xff;

/** Whether nothing is wrong with what was to be written, only with where. Causes are looked through too. */
export function isDiskError(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (isError(at, journalErrors.BUS_JOURNAL_DISK)) return true;
    const { code, errcode } = at as { code?: unknown; errcode?: unknown };
    if (CODES.has(code)) return true;
    if (typeof errcode === "number" && SQLITE.has(errcode & PRIMARY)) return true;
  }
  return false;
}
