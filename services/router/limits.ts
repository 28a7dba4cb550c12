/** What does not depend on settings. */
export const LIMITS = {
  messageBytes: 64 * 1024,
  subscriptions: 64,
  regions: 32,
  entities: 256,
  /** Of a device's id, an engine's name and the like in a Hello. */
  textLength: 128,
  /** Of what a program elsewhere sends to `/hooks`. */
  hookBytes: 256 * 1024,
  hookHeaders: 64,
  /** Browsers are wordy. */
  platformLength: 512,
  sessions: 50_000,
  /** Refusals within 10 s that close the socket: each is answered until then. */
  refusals: 300,
  refusalsMs: 10_000,
  /** Beyond these a queue keeps only the latest of coalescing types, and bulk waits. */
  tightBytes: 64 * 1024,
  tightEvents: 256,
  /** Batches above this are compressed for clients that unpack it. */
  compressBytes: 1024,
  /** Sent and not yet read: beyond this nothing more is written. */
  inFlightBytes: 32 * 1024,
  /** Unread bytes after which the client is asked how far it has read. */
  probeBytes: 8 * 1024,
  /** Beyond these the client is told SLOW and let go. */
  slowBytes: 512 * 1024,
  slowMs: 10_000,
  /** Of what a client missed while it was away: of more it gets snapshots. As much may gather while these are on their way. */
  catchUpBytes: 4 * 1024 * 1024,
  pingMs: 15_000,
  deadMs: 35_000,
  markMs: 5_000,
  lingerMs: 30_000,
  ringMs: 600_000,
  ringBytes: 64 * 1024 * 1024,
  /** Of the past, read from the journal for clients that come back; those that lack more get snapshots. */
  pastBytes: 16 * 1024 * 1024,
  /** A cursor's stream marks and all: room for sixteen shards with three lanes each beside the services that have one. */
  cursorBytes: 8 * 1024,
  /** Cursors older than this are not looked at. */
  cursorMs: 3_600_000,
  /** Clocks of publishers may differ by this much. */
  clocksApartMs: 120_000,
  snapshotMs: 1_500,
  /** For what settings says of a session. */
  openingMs: 2_000,
  /** A connection without Hello is closed after this. */
  helloMs: 5_000,
} as const;
