import type { Features } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { messageOf } from "./connection.ts";
import { busNatsErrors } from "./errors.ts";
import type { Resolved } from "./options.ts";

const TIMEOUT_MS = 3_000;

interface JetStreamState {
  readonly config?: { readonly sync_always?: boolean };
}

/** What an acknowledgement is worth: from the streams' storage, and whether the server syncs before it answers. */
export async function ackDurability(options: Resolved): Promise<Features["ackDurability"]> {
  if (options.storage === "memory") return "memory";
  const always =
    options.monitor === undefined ? options.sync === "always" : await readSyncAlways(options.monitor);
  return always ? "synced" : "replicated-unsynced";
}

async function readSyncAlways(monitor: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/jsz?config=true", monitor), {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const state = (await answer.json()) as JetStreamState;
    return state.config?.sync_always === true;
  } catch (cause) {
    throw new OrreryError(busNatsErrors.NATS_UNREACHABLE, {
      given: `monitoring address ${monitor}: ${messageOf(cause)}`,
      cause,
    });
  }
}
