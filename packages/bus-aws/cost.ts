import type { Api, ApiCount } from "./counted.ts";
import { PRICES, type Tiers } from "./prices.ts";

export interface BillLine {
  readonly api: Api | "sns:delivery.fifo";
  /** Of the period, scaled to a day. */
  readonly callsPerDay: number;
  /** What these are billed as. */
  readonly requestsPerDay: number;
  readonly usdPerDay: number;
}

export interface Bill {
  readonly lines: readonly BillLine[];
  readonly usdPerDay: number;
}

const DAY_S = 86_400;
const MONTH_DAYS = 30;
const MILLION = 1e6;
const GIGABYTE = 1e9;

/** The bill of a day that goes on as the counted `seconds` did. Sent bytes of SNS FIFO are billed too. */
export function billOf(counts: ReadonlyMap<Api, Readonly<ApiCount>>, seconds: number): Bill {
  const toDay = DAY_S / seconds;
  const requests = { standard: 0, fifo: 0 };
  for (const [api, { chunks }] of counts)
    if (api.startsWith("sqs:")) requests[isFifo(api) ? "fifo" : "standard"] += chunks * toDay;
  const perSqs = {
    standard: perRequest(PRICES.sqsStandard, requests.standard * MONTH_DAYS),
    fifo: perRequest(PRICES.sqsFifo, requests.fifo * MONTH_DAYS),
  };
  const lines: BillLine[] = [];
  let fifoPublishes = false;
  const received = { entries: 0, bytes: 0 };
  for (const [api, count] of counts) {
    const requestsPerDay = count.chunks * toDay;
    const fifo = isFifo(api);
    if (api.startsWith("sqs:ReceiveMessage")) {
      received.entries += count.entries * toDay;
      received.bytes += count.bytes * toDay;
    }
    let usdPerDay: number;
    if (api.startsWith("sqs:")) usdPerDay = requestsPerDay * perSqs[fifo ? "fifo" : "standard"];
    else if (fifo && api.startsWith("sns:Publish")) {
      fifoPublishes = true;
      const { publish, publishedGb } = PRICES.snsFifo;
      usdPerDay = (requestsPerDay * publish) / MILLION + (count.bytes * toDay * publishedGb) / GIGABYTE;
    } else usdPerDay = (requestsPerDay * PRICES.snsStandard) / MILLION;
    lines.push({ api, callsPerDay: count.calls * toDay, requestsPerDay, usdPerDay });
  }
  if (fifoPublishes) lines.push(fifoDeliveries(received));
  lines.sort((a, b) => b.usdPerDay - a.usdPerDay);
  return { lines, usdPerDay: lines.reduce((sum, line) => sum + line.usdPerDay, 0) };
}

/** SNS bills what it delivered from a FIFO topic; the client knows what it received. */
function fifoDeliveries({ entries, bytes }: { readonly entries: number; readonly bytes: number }): BillLine {
  const { delivery, deliveredGb } = PRICES.snsFifo;
  return {
    api: "sns:delivery.fifo",
    callsPerDay: 0,
    requestsPerDay: entries,
    usdPerDay: (entries * delivery) / MILLION + (bytes * deliveredGb) / GIGABYTE,
  };
}

const isFifo = (api: string) => api.endsWith(".fifo");

/** Mean price of one request when there are so many a month, US dollars. */
function perRequest(tiers: Tiers, monthly: number): number {
  if (monthly === 0) return (tiers[0]?.usd ?? 0) / MILLION;
  let usd = 0;
  let from = 0;
  for (const { upTo, usd: price } of tiers) {
    usd += (Math.max(0, Math.min(monthly, upTo) - from) * price) / MILLION;
    from = upTo;
  }
  return usd / monthly;
}
