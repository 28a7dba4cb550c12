import type { BulkTable } from "@orrery/service";
import type {
  AccountRow,
  AnsweredRow,
  CheckoutRow,
  EntitlementRow,
  EntryRow,
  GrantedRow,
  HoldRow,
  LedgerRow,
  LegRow,
  ObjectRow,
  PaymentTables,
  ReceiptRow,
  RefundRow,
  StreamRow,
  WorldRow,
} from "../tables.ts";

export const WORLD: BulkTable<WorldRow> = {
  name: "world",
  columns: { id: "text", forked: "integer", ended: "integer" },
  key: ["id"],
  update: ["forked", "ended"],
};

export const LEDGER: BulkTable<LedgerRow> = {
  name: "ledger",
  columns: { world: "text", code: "text", seq: "number" },
  key: ["world", "code"],
  update: ["seq"],
};

export const ACCOUNT: BulkTable<AccountRow> = {
  name: "account",
  columns: {
    world: "text",
    id: "text",
    code: "text",
    balance: "number",
    held: "number",
    holds: "integer",
    status: "integer",
    version: "number",
  },
  key: ["world", "id"],
  update: ["balance", "held", "holds", "status", "version"],
};

/** Of an entry that stands only how much of it was reversed changes. */
export const ENTRY: BulkTable<EntryRow> = {
  name: "entry",
  columns: {
    id: "text",
    request_key: "text",
    digest: "text",
    world: "text",
    code: "text",
    seq: "number",
    kind: "integer",
    memo: "text",
    subject: "text",
    actor: "text",
    cause_publisher: "text",
    cause_sequence: "number",
    reverses: "text",
    reversed: "number",
    hold: "text",
    at_ms: "number",
    refused: "text",
    given: "text",
  },
  key: ["id"],
  update: ["reversed"],
};

export const LEG: BulkTable<LegRow> = {
  name: "leg",
  columns: {
    entry: "text",
    position: "integer",
    world: "text",
    account: "text",
    seq: "number",
    amount: "number",
    balance_after: "number",
  },
  key: ["entry", "position"],
  update: [],
};

export const HOLD: BulkTable<HoldRow> = {
  name: "hold",
  columns: {
    world: "text",
    id: "text",
    account: "text",
    amount: "number",
    captured: "number",
    released: "number",
    status: "integer",
    expires_at: "number",
    memo: "text",
  },
  key: ["id"],
  update: ["captured", "released", "status"],
};

export const STREAM: BulkTable<StreamRow> = {
  name: "stream",
  columns: { world: "text", publisher: "text", next: "number" },
  key: ["world"],
  update: ["next"],
};

export const ANSWERED: BulkTable<AnsweredRow> = {
  name: "answered",
  columns: {
    key: "text",
    digest: "text",
    reply: "bytes",
    refused: "text",
    given: "text",
    until_ms: "number",
  },
  key: ["key"],
  update: [],
};

export const PRODUCT: BulkTable<PaymentTables["product"]> = {
  name: "product",
  columns: { id: "text", body: "bytes" },
  key: ["id"],
  update: ["body"],
};

export const COUPON: BulkTable<PaymentTables["coupon"]> = {
  name: "coupon",
  columns: { code: "text", body: "bytes" },
  key: ["code"],
  update: ["body"],
};

export const CHECKOUT: BulkTable<CheckoutRow> = {
  name: "checkout",
  columns: {
    id: "text",
    player: "text",
    product: "text",
    coupon: "text",
    status: "integer",
    provider: "text",
    ref: "text",
    currency: "text",
    amount: "number",
    created_ms: "number",
    expires_ms: "number",
    body: "bytes",
  },
  key: ["id"],
  update: ["status", "ref", "expires_ms", "body"],
};

export const OBJECT: BulkTable<ObjectRow> = {
  name: "provider_object",
  columns: {
    provider: "text",
    kind: "text",
    ref: "text",
    player: "text",
    parent: "text",
    fetched_ms: "number",
    created_ms: "number",
    body: "bytes",
  },
  key: ["provider", "kind", "ref"],
  update: ["player", "parent", "fetched_ms", "body"],
};

export const REFUND: BulkTable<RefundRow> = {
  name: "refund",
  columns: {
    id: "text",
    payment: "text",
    amount: "number",
    keep: "integer",
    reason: "integer",
    at_ms: "number",
    end_ms: "number",
    state: "integer",
    attempts: "integer",
    next_ms: "number",
  },
  key: ["id"],
  update: ["state", "attempts", "next_ms"],
};

export const ENTITLEMENT: BulkTable<EntitlementRow> = {
  name: "entitlement",
  columns: { id: "text", player: "text", look_ms: "number", body: "bytes" },
  key: ["id"],
  update: ["look_ms", "body"],
};

export const GRANTED: BulkTable<GrantedRow> = {
  name: "granted",
  columns: {
    id: "text",
    player: "text",
    key: "text",
    from_ms: "number",
    until_ms: "number",
    reason: "text",
  },
  key: ["id"],
  update: [],
};

export const RECEIPT: BulkTable<ReceiptRow> = {
  name: "receipt",
  columns: {
    provider: "text",
    event_id: "text",
    type: "text",
    status: "integer",
    attempts: "integer",
    received_ms: "number",
    next_ms: "number",
    problem: "text",
    about: "text",
  },
  key: ["provider", "event_id"],
  update: ["status", "attempts", "next_ms", "problem"],
};

export const SPEND_LIMIT: BulkTable<PaymentTables["spend_limit"]> = {
  name: "spend_limit",
  columns: { player: "text", currency: "text", amount: "number" },
  key: ["player", "currency"],
  update: ["amount"],
};
