/** Rows as both dialects give them. Amounts and seqs are doubles that hold whole numbers up to 2^53 - 1. */
export interface PaymentTables {
  world: WorldRow;
  ledger: LedgerRow;
  account: AccountRow;
  entry: EntryRow;
  leg: LegRow;
  hold: HoldRow;
  stream: StreamRow;
  answered: AnsweredRow;
  product: { id: string; body: Uint8Array };
  coupon: { code: string; body: Uint8Array };
  checkout: CheckoutRow;
  provider_object: ObjectRow;
  refund: RefundRow;
  entitlement: EntitlementRow;
  granted: GrantedRow;
  receipt: ReceiptRow;
  spend_limit: { player: string; currency: string; amount: number };
  /** Players who are nobody any more, by a digest of who they were. */
  erased: { digest: string };
  local_object: LocalRow;
  secret: { name: string; value: Uint8Array };
}

export interface WorldRow {
  id: string;
  /** 1: a fork; no real money is taken there. */
  forked: number;
  /** 1: it has ended; its books stay. */
  ended: number;
}

export interface LedgerRow {
  world: string;
  code: string;
  /** Of its last transaction. */
  seq: number;
}

export interface AccountRow {
  world: string;
  /** `<owner>/<code>`. */
  id: string;
  code: string;
  balance: number;
  held: number;
  /** Active holds. */
  holds: number;
  /** A payment.v1.AccountStatus. */
  status: number;
  version: number;
}

/** What was asked of a ledger and what came of it: a transaction, a hold, its release, or a refusal. */
export interface EntryRow {
  /** Follows from `request_key`. */
  id: string;
  /** World, caller and idempotency key: unique, for ever. */
  request_key: string;
  /** Of the request. */
  digest: string;
  world: string;
  code: string;
  /** Place in its ledger; null: nothing was posted. */
  seq: number | null;
  /** A payment.v1.TransactionKind; 0 where nothing was posted. */
  kind: number;
  memo: string;
  subject: string;
  actor: string;
  cause_publisher: string;
  cause_sequence: number;
  reverses: string;
  /** How much of its first leg has been reversed. */
  reversed: number;
  hold: string;
  at_ms: number;
  /** Code of the refusal; empty: it was done. */
  refused: string;
  given: string;
}

export interface LegRow {
  entry: string;
  position: number;
  world: string;
  account: string;
  seq: number;
  amount: number;
  balance_after: number;
}

export interface HoldRow {
  world: string;
  id: string;
  account: string;
  amount: number;
  captured: number;
  released: number;
  /** A payment.v1.HoldStatus. */
  status: number;
  /** Game seconds for coins, Unix ms for tokens. */
  expires_at: number;
  memo: string;
}

/** Names and sequences of what is published, by world. */
export interface StreamRow {
  world: string;
  publisher: string;
  next: number;
}

/** Answers of calls that post nothing, kept 30 days. */
export interface AnsweredRow {
  key: string;
  digest: string;
  reply: Uint8Array;
  refused: string;
  given: string;
  until_ms: number;
}

export interface CheckoutRow {
  id: string;
  player: string;
  product: string;
  coupon: string;
  /** A payment.v1.CheckoutStatus. */
  status: number;
  provider: string;
  ref: string;
  currency: string;
  amount: number;
  created_ms: number;
  /** When its page closes, by the provider's clock. */
  expires_ms: number;
  /** A payment.v1.Checkout. */
  body: Uint8Array;
}

/** The last look at an object of the provider. */
export interface ObjectRow {
  provider: string;
  /** `subscription` or `payment`. */
  kind: string;
  ref: string;
  player: string;
  /** Of a payment, the subscription that it paid. */
  parent: string;
  /** When that look began, by the provider's clock. */
  fetched_ms: number;
  created_ms: number;
  /** A payment.v1.Subscription or Payment. */
  body: Uint8Array;
}

export interface RefundRow {
  id: string;
  payment: string;
  amount: number;
  /** 1: what was bought stays the player's. */
  keep: number;
  reason: number;
  at_ms: number;
  /** Its subscription ends then, by the provider's clock, whatever is paid; 0: as it would. */
  end_ms: number;
  /** A `RefundState`. */
  state: number;
  attempts: number;
  /** When the provider is asked again. */
  next_ms: number;
}

export interface EntitlementRow {
  id: string;
  player: string;
  /** When something about it may change by itself, by the provider's clock; null: never. */
  look_ms: number | null;
  /** A payment.v1.Entitlement. */
  body: Uint8Array;
}

export interface GrantedRow {
  id: string;
  player: string;
  key: string;
  from_ms: number;
  until_ms: number;
  reason: string;
}

export interface ReceiptRow {
  provider: string;
  event_id: string;
  type: string;
  /** A payment.v1.ReceiptStatus. */
  status: number;
  attempts: number;
  received_ms: number;
  next_ms: number;
  problem: string;
  /** Objects of the provider to look at, as JSON: nothing else of it is kept. */
  about: string;
}

/** What the local provider remembers. */
export interface LocalRow {
  kind: string;
  ref: string;
  /** JSON. */
  body: string;
}
