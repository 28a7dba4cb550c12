import { createHash } from "node:crypto";
import { availableParallelism, loadavg } from "node:os";

/** The work below on a quiet machine with cores of the usual kind, ms. */
const USUAL_MS = 60;
const ROUNDS = 24;
const BYTES = 1024 * 1024;
const MOST = 8;

let measured: number | undefined;

/**
 * How much slower this machine is at the moment than a quiet usual one, 1..8: measured once a process, when it is first
 * asked. Limits of time grow by it, so that late is not taken for lost where others work on the same cores.
 */
export function pace(): number {
  return (measured ??= Math.min(MOST, Math.max(1, workShare(), loadShare())));
}

function workShare(): number {
  const bytes = Buffer.alloc(BYTES, 7);
  const beganMs = performance.now();
  for (let round = 0; round < ROUNDS; round++) createHash("sha256").update(bytes).digest();
  return (performance.now() - beganMs) / USUAL_MS;
}

/** Who waits for a core beside this process. */
function loadShare(): number {
  return (loadavg()[0] ?? 0) / availableParallelism();
}

/** A limit for a quiet machine, ms, as it is here and now. */
export const paced = (ms: number): number => Math.ceil(ms * pace());
