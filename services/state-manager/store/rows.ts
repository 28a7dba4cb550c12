import type { AccountRow, ChangeRow, GrantRow, ObjectRow, StateTables } from "../tables.ts";
import type { BulkTable } from "@orrery/service";

export const OBJECT: BulkTable<ObjectRow> = {
  name: "object",
  columns: {
    id: "integer",
    head: "integer",
    owner: "text",
    key: "text",
    version: "number",
    live: "integer",
    value: "bytes",
    read: "integer",
    write: "integer",
    created_ms: "number",
    updated_ms: "number",
    updated_by: "text",
    expires_at: "number",
    seq: "number",
    place: "integer",
  },
  key: ["id"],
  update: [
    "version",
    "live",
    "value",
    "read",
    "write",
    "created_ms",
    "updated_ms",
    "updated_by",
    "expires_at",
    "seq",
  ],
};

export const CHANGE: BulkTable<ChangeRow> = {
  name: "change",
  columns: {
    head: "integer",
    seq: "number",
    object: "integer",
    version: "number",
    at_ms: "number",
    body: "bytes",
  },
  key: ["head", "seq"],
  update: [],
};

export const SNAPSHOT: BulkTable<StateTables["snapshot"]> = {
  name: "snapshot",
  columns: { object: "integer", version: "number", value: "bytes" },
  key: ["object", "version"],
  update: ["value"],
};

export const TALLY: BulkTable<StateTables["tally"]> = {
  name: "tally",
  columns: { head: "integer", owner: "text", objects: "integer", bytes: "number", seq: "number" },
  key: ["head", "owner"],
  update: ["objects", "bytes", "seq"],
};

export const ENTRY: BulkTable<StateTables["entry"]> = {
  name: "entry",
  columns: { object: "integer", path: "integer", head: "integer", sort: "bytes", place: "integer" },
  key: ["object", "path"],
  update: ["sort"],
};

export const STREAM: BulkTable<StateTables["stream"]> = {
  name: "stream",
  columns: { world: "text", publisher: "text", next: "number" },
  key: ["world"],
  update: ["next"],
};

export const GRANT: BulkTable<GrantRow> = {
  name: "item_grant",
  columns: {
    world: "text",
    grant_key: "text",
    owner: "text",
    digest: "text",
    waiting: "integer",
    at_ms: "number",
    told: "number",
    body: "bytes",
  },
  key: ["world", "grant_key"],
  update: ["waiting", "body"],
};

export const ACCOUNT: BulkTable<AccountRow> = {
  name: "item_account",
  columns: {
    world: "text",
    owner: "text",
    item: "text",
    granted: "number",
    transferred_in: "number",
    consumed: "number",
    revoked: "number",
    transferred_out: "number",
  },
  key: ["world", "owner", "item"],
  update: ["granted", "transferred_in", "consumed", "revoked", "transferred_out"],
};

/** The kit's table of answers, as this service's commits write many at once. */
export const ANSWER: BulkTable<{
  world: string;
  key: string;
  digest: string;
  reply: Uint8Array;
  until_ms: number;
}> = {
  name: "answer",
  columns: { world: "text", key: "text", digest: "text", reply: "bytes", until_ms: "number" },
  key: ["world", "key"],
  update: [],
};
