/** AWS's list prices in US dollars, us-east-1, as read in November 2026, without free tiers and discounts. */
export const PRICES = {
  region: "us-east-1",
  read: "November 2026",
  /** A million requests; every begun 64 KB of payload is one. Deliveries to SQS cost nothing. */
  snsStandard: 0.5,
  snsFifo: { publish: 0.3, publishedGb: 0.017, delivery: 0.01, deliveredGb: 0.001 },
  /** A million requests by how many a month: up to 100 billion, up to 200 billion, beyond. */
  sqsStandard: [
    { upTo: 100e9, usd: 0.4 },
    { upTo: 200e9, usd: 0.3 },
    { upTo: Number.POSITIVE_INFINITY, usd: 0.24 },
  ],
  /** Of a month: the first 100 billion, the next, the rest. */
  sqsFifo: [
    { upTo: 100e9, usd: 0.5 },
    { upTo: 200e9, usd: 0.4 },
    { upTo: Number.POSITIVE_INFINITY, usd: 0.35 },
  ],
} as const;

export type Tiers = readonly { readonly upTo: number; readonly usd: number }[];
