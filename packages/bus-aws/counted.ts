import { chunksOf } from "./limits.ts";

/** What one kind of call came to since the start; all of it is what AWS bills or what explains a bill. */
export interface ApiCount {
  calls: number;
  /** Requests that these calls are billed as: a payload's every begun 64 KB is one. */
  chunks: number;
  bytes: number;
  /** Entries sent, or messages received. */
  entries: number;
  /** Entries of an answered batch that AWS reported as failed. */
  failed: number;
  /** Receives that brought nothing; billed all the same. */
  empty: number;
  /** Calls that ended in an error, throttling too. */
  errors: number;
}

export type Api = `${"sns" | "sqs"}:${string}`;

/** Counts every API call of one transport. */
export interface Counted {
  readonly byApi: ReadonlyMap<Api, Readonly<ApiCount>>;
  sent(api: Api, bytes: number, entries: number): void;
  received(api: Api, bytes: number, entries: number): void;
  failed(api: Api, entries: number): void;
  error(api: Api): void;
}

const FIFO = ".fifo";

/** FIFO calls have prices of their own: they are counted apart. */
export const apiOf = (service: "sns" | "sqs", name: string, target = ""): Api =>
  `${service}:${name}${target.endsWith(FIFO) ? FIFO : ""}`;

export function createCounted(): Counted {
  const byApi = new Map<Api, ApiCount>();
  const of = (api: Api): ApiCount => {
    let found = byApi.get(api);
    if (found === undefined) {
      found = { calls: 0, chunks: 0, bytes: 0, entries: 0, failed: 0, empty: 0, errors: 0 };
      byApi.set(api, found);
    }
    return found;
  };
  return {
    byApi,
    sent(api, bytes, entries) {
      const one = of(api);
      one.calls++;
      one.chunks += chunksOf(bytes);
      one.bytes += bytes;
      one.entries += entries;
    },
    received(api, bytes, entries) {
      const one = of(api);
      // The call itself was counted as one chunk when it was sent.
      one.chunks += chunksOf(bytes) - 1;
      one.bytes += bytes;
      one.entries += entries;
      if (entries === 0) one.empty++;
    },
    failed: (api, entries) => void (of(api).failed += entries),
    error: (api) => void of(api).errors++,
  };
}
