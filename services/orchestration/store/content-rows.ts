import type { BulkTable } from "@orrery/service";

/** Rows as both dialects give them. */
export interface ContentTables {
  /** What a player's tier allows. */
  allowance: AllowanceRow;
  /** What was made for a player of late. */
  used: UsedRow;
  /** Documents by what they follow from. */
  made: MadeRow;
}
export interface AllowanceRow {
  player: string;
  per_hour: number;
  per_day: number;
  deep_per_day: number;
  weight: number;
  revision: number;
}
export interface UsedRow {
  execution: string;
  player: string;
  at_ms: number;
  rung: number;
}
export interface MadeRow {
  id: string;
  kind: number;
  region: string;
  difficulty: number;
  at_ms: number;
  /** An orchestration.v1.ContentDocument. */
  body: Uint8Array;
}

export const ALLOWANCE: BulkTable<AllowanceRow> = {
  name: "allowance",
  columns: {
    player: "text",
    per_hour: "integer",
    per_day: "integer",
    deep_per_day: "integer",
    weight: "integer",
    revision: "number",
  },
  key: ["player"],
  update: ["per_hour", "per_day", "deep_per_day", "weight", "revision"],
};
export const USED: BulkTable<UsedRow> = {
  name: "used",
  columns: { execution: "text", player: "text", at_ms: "number", rung: "integer" },
  key: ["execution"],
  update: [],
};
export const MADE: BulkTable<MadeRow> = {
  name: "made",
  columns: {
    id: "text",
    kind: "integer",
    region: "text",
    difficulty: "number",
    at_ms: "number",
    body: "bytes",
  },
  key: ["id"],
  update: [],
};
