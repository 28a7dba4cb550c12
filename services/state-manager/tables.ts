/** Rows as both dialects give them. */
export interface StateTables {
  world: { id: string; collections: Uint8Array };
  /** Worlds that have ended. */
  ended_world_id: { id: string };
  /** Where the changes of a (world, collection) stand. */
  head: HeadRow;
  fork: ForkRow;
  object: ObjectRow;
  change: ChangeRow;
  /** Whole values, so that any version is a few changes away. */
  snapshot: { object: number; version: number; value: Uint8Array };
  tally: TallyRow;
  /** Values at indexed paths; `sort` compares by its bytes, and where it is the same, `place`. */
  entry: { object: number; path: number; head: number; sort: Uint8Array; place: number };
  /** Names and sequences of what is published, by world. */
  stream: { world: string; publisher: string; next: number };
  item_grant: GrantRow;
  item_account: AccountRow;
  slot: SlotRow;
  /** Versions that slots hold on to. */
  pin: { world: string; player: string; slot: string; object: number; version: number };
  /** Identities that were erased, salted and hashed, with the version to go on from. */
  erased: { hash: string; version: number };
  secret: { name: string; value: Uint8Array };
}

export interface HeadRow {
  id: number;
  world: string;
  collection: string;
  seq: number;
  /** Of the parent, in a fork: what this head has no row of is what that one has. 0: none. */
  parent: number;
  /** Up to which seq of it. What has no later change here is as the fork began with it. */
  base: number;
}

export interface ForkRow {
  world: string;
  /** World whose changes and grants it shares. */
  parent: string;
  /** Of its parent's last event of this service that it shares. */
  sequence: number;
  at_ms: number;
  /** 0: announced; 1: its heads are there; 2: whole. */
  state: number;
}

export interface TallyRow {
  head: number;
  owner: string;
  objects: number;
  bytes: number;
  /** Of the change that made it so. */
  seq: number;
}

export interface ObjectRow {
  id: number;
  head: number;
  owner: string;
  key: string;
  version: number;
  /** 0: deleted; the row stays, so that no version means two values. */
  live: number;
  /** Encoded state.v1.Value. */
  value: Uint8Array;
  read: number;
  write: number;
  created_ms: number;
  updated_ms: number;
  updated_by: string;
  /** Unix ms for platform objects, game seconds for a world's. */
  expires_at: number | null;
  /** Of its last change. */
  seq: number;
  /** Id that it had where it was first made, of a fork's; 0: its own. Keeps its place among equals in an index. */
  place: number;
}

export interface ChangeRow {
  head: number;
  seq: number;
  object: number;
  version: number;
  at_ms: number;
  /** A state.v1.Change without what the other columns and the object say. */
  body: Uint8Array;
}

export interface GrantRow {
  world: string;
  grant_key: string;
  owner: string;
  digest: string;
  /** 1: has not been delivered for want of room. */
  waiting: number;
  at_ms: number;
  /** Last event of this service and world by then; 0: unknown, or from a parent. */
  told: number;
  /** A state.v1.ItemGrant. */
  body: Uint8Array;
}

export interface AccountRow {
  world: string;
  owner: string;
  item: string;
  granted: number;
  transferred_in: number;
  consumed: number;
  revoked: number;
  transferred_out: number;
}

export interface SlotRow {
  world: string;
  player: string;
  name: string;
  /** A state.v1.Slot. */
  body: Uint8Array;
  /** state.v1.SlotRef, each behind its length. */
  refs: Uint8Array;
}
