import { dayOf } from "./cutter.ts";
import { isSameCode } from "./version/same.ts";
import type { Written } from "./written.ts";

/** A tail shorter than this is not worth a cut for its bytes. */
const TAIL_FLOOR_BYTES = 64 * 1024;
/** A tail that takes longer than this to handle again is: inputs may be few and mean much work. */
const TAIL_MS = 1_200;
/** A state that is no larger is told each game day. */
const SMALL_BYTES = 1024 * 1024;
/** A larger one when what was taken in since weighs so much more than it, but after so many game days whatever that weighs. */
const RECORDS_OVER_STATE = 2;
const MOST_DAYS = 7;
/**
 * Whatever its clock shows (it may stand still for years, and the platform's has none), a fork or a replay is not to handle
 * more than so much again, or so many times a large state.
 */
const MOST_INPUT_BYTES = 2 * 1024 * 1024;
const INPUT_OVER_STATE = 2;

/** Who begins with the state of a world that goes on need not handle more than this again, ms. */
const LITTLE_MS = 100;

/** Whether handling again what came in since the last cut is little work. */
export const isTailLittle = ({ tail, ledger, intakeSeq }: Written): boolean =>
  intakeSeq > 0 && ledger.bytes > 0 && tail.ms <= LITTLE_MS && tail.bytes <= TAIL_FLOOR_BYTES;

/**
 * Whether a cut begins with this commit: "told", if the journal is to have a checkpoint of it, so that forks and replays
 * can begin there; "kept", if it is for the next start alone.
 */
export function cutDue(written: Written, seq: number, codeVersion: string): "told" | "kept" | undefined {
  if (written.cut !== undefined) return undefined;
  if (isCheckpointDue(written, codeVersion)) return "told";
  const { tail, ledger } = written;
  const outweighs = tail.bytes > Math.max(TAIL_FLOOR_BYTES, 2 * ledger.bytes);
  return seq === 1 || written.cutWanted === true || tail.ms > TAIL_MS || outweighs ? "kept" : undefined;
}

/** Whether a start would have something to handle again. */
export const hasTail = ({ tail }: Written): boolean => tail.bytes > 0 || tail.ms > 0;

function isCheckpointDue(written: Written, codeVersion: string) {
  const { shard, told, adopted, ledger, recordBytes, inputBytes } = written;
  if (adopted !== undefined || !isSameCode(told.codeVersion, codeVersion)) return true;
  if (inputBytes > Math.max(MOST_INPUT_BYTES, INPUT_OVER_STATE * ledger.bytes)) return true;
  if (!Number.isFinite(shard.atGs)) return false;
  const day = dayOf(shard.atGs);
  if (told.day === undefined || day >= told.day + MOST_DAYS) return true;
  const isWorth = ledger.bytes <= SMALL_BYTES || recordBytes > RECORDS_OVER_STATE * ledger.bytes;
  return day > told.day && isWorth;
}
