import type { BulkTable } from "@orrery/service";

/** Rows as both dialects give them. */
export interface OrchestrationTables {
  /** Versions that have run: what they are made of is fixed. */
  definition: { id: string; version: number; hash: string; first_ms: number };
  execution: ExecutionRow;
  history: HistoryRow;
  /** Events that steps wait for. */
  awaited: AwaitedRow;
  /** Keys of calls that were taken, with a digest of what was asked. */
  asked: AskedRow;
  stream: StreamRow;
  /** Players who were erased, as long as something of theirs may still be open; since when, Unix ms. */
  erasing: { subject: string; at_ms: number };
}

export interface ExecutionRow {
  id: string;
  workflow: string;
  version: number;
  owner: string;
  parent: string;
  status: number;
  /** 1: it goes on. */
  open: number;
  /** 1: something of it is out, and goes out again after a start. */
  busy: number;
  /** Undos that were given up. */
  stuck: number;
  started_ms: number;
  ended_ms: number;
  /** When something comes due by itself, Unix ms. */
  due_ms: number;
  /** An orchestration.v1.Execution. */
  body: Uint8Array;
}
export interface HistoryRow {
  execution: string;
  seq: number;
  /** An orchestration.v1.Recorded. */
  body: Uint8Array;
  /** What was said over it, as a JSON list in words. */
  said: string;
  /** Of the bytes of that. */
  digest: string;
}
export interface AwaitedRow {
  type: string;
  about: string;
  execution: string;
  step: string;
}
export interface AskedRow {
  execution: string;
  key: string;
  digest: string;
}
export interface StreamRow {
  world: string;
  publisher: string;
  /** Sequence of the next event. */
  next: number;
}

/** Of what comes due never. */
export const NEVER_MS = 8.64e15;

export const DEFINITION: BulkTable<OrchestrationTables["definition"]> = {
  name: "definition",
  columns: { id: "text", version: "integer", hash: "text", first_ms: "number" },
  key: ["id", "version"],
  update: [],
};
export const EXECUTION: BulkTable<ExecutionRow> = {
  name: "execution",
  columns: {
    id: "text",
    workflow: "text",
    version: "integer",
    owner: "text",
    parent: "text",
    status: "integer",
    open: "integer",
    busy: "integer",
    stuck: "integer",
    started_ms: "number",
    ended_ms: "number",
    due_ms: "number",
    body: "bytes",
  },
  key: ["id"],
  update: ["status", "open", "busy", "stuck", "ended_ms", "due_ms", "body"],
};
export const HISTORY: BulkTable<HistoryRow> = {
  name: "history",
  columns: { execution: "text", seq: "integer", body: "bytes", said: "text", digest: "text" },
  key: ["execution", "seq"],
  update: [],
};
export const AWAITED: BulkTable<AwaitedRow> = {
  name: "awaited",
  columns: { type: "text", about: "text", execution: "text", step: "text" },
  key: ["execution", "step"],
  update: ["about"],
};
export const ASKED: BulkTable<AskedRow> = {
  name: "asked",
  columns: { execution: "text", key: "text", digest: "text" },
  key: ["execution", "key"],
  update: [],
};
export const STREAM: BulkTable<StreamRow> = {
  name: "stream",
  columns: { world: "text", publisher: "text", next: "number" },
  key: ["world"],
  update: ["publisher", "next"],
};
