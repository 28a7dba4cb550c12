import type { Features } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { messageOf } from "./connection.ts";
import { busNatsErrors } from "./errors.ts";
import type { Resolved } from "./options.ts";
import type { Streams } from "./streams.ts";

const TIMEOUT_MS = 3_000;

interface JetStreamState {
  readonly config?: { readonly sync_always?: boolean };
}

/** What an acknowledgement is worth: from the streams' storage and copies, and whether the server syncs before it answers. */
export async function durabilityOf(
  options: Resolved,
  streams: Streams,
): Promise<Pick<Features, "ackDurability" | "durabilityNote">> {
  if (options.storage === "memory") return { ackDurability: "memory" };
  const { monitor, sync } = options;
  const always = monitor === undefined ? sync === "always" : await readSyncAlways(monitor);
  const copies = await streams.copies();
  const kept = copies === 1 ? "one copy" : `${copies} copies`;
  if (always) return { ackDurability: "synced", durabilityNote: kept };
  const synced =
    monitor === undefined && sync === undefined
      ? "whether the server syncs before it answers is not known here: name its monitoring address with --monitor"
      : "the server syncs now and then";
  return { ackDurability: "replicated-unsynced", durabilityNote: `${kept}; ${synced}` };
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
