import { type AsyncQueue, createQueue } from "./queue.ts";

export type ConnectionState = "connecting" | "open" | "lost" | "closed";

export interface ConnectionStatus {
  readonly state: ConnectionState;
  /** Since when, Unix ms. */
  readonly sinceMs: number;
  /** Why it was lost or closed, in words. */
  readonly reason: string;
}

export interface StatusBoard {
  readonly now: ConnectionStatus;
  become(state: ConnectionState, reason?: string): void;
  /** Each change from now on, to the end of the client. */
  changes(): AsyncIterableIterator<ConnectionStatus>;
}

export function createStatusBoard(now: () => number): StatusBoard {
  const readers = new Set<AsyncQueue<ConnectionStatus>>();
  let status: ConnectionStatus = { state: "connecting", sinceMs: now(), reason: "" };
  return {
    get now() {
      return status;
    },
    become(state, reason = "") {
      status = { state, sinceMs: now(), reason };
      for (const reader of readers) {
        reader.push(status);
        if (state === "closed") reader.end();
      }
    },
    changes() {
      const reader = createQueue<ConnectionStatus>(() => readers.delete(reader));
      if (status.state === "closed") reader.end();
      else readers.add(reader);
      return reader;
    },
  };
}
