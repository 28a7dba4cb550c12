import type { TransportCounter } from "@orrery/bus";
import type { Api, ApiCount, Counted } from "./counted.ts";

const HELP: Readonly<Record<keyof ApiCount, readonly [string, string]>> = {
  calls: ["orrery_aws_calls_total", "API calls to SNS and SQS, failed ones too"],
  chunks: ["orrery_aws_billed_chunks_total", "Requests these calls are billed as: every begun 64 KB is one"],
  bytes: ["orrery_aws_payload_bytes_total", "Message bytes sent or received, as AWS counts them"],
  entries: ["orrery_aws_entries_total", "Messages sent, received, deleted or extended"],
  failed: ["orrery_aws_failed_entries_total", "Entries of a batch that AWS answered as failed"],
  empty: ["orrery_aws_empty_receives_total", "Receives that brought nothing"],
  errors: ["orrery_aws_errors_total", "Calls that ended in an error, throttling too"],
};
const FIELDS = Object.keys(HELP) as (keyof ApiCount)[];

export function countersOf({ byApi }: Counted): TransportCounter[] {
  return FIELDS.flatMap((field) => {
    const [name, help] = HELP[field];
    return [...byApi].map(([api, count]) => ({ name, help, labels: { api }, value: count[field] }));
  });
}

const LINE = /^(orrery_aws_[a-z_]+_total)\{([^}]*)\} ([0-9.e+]+)$/i;

/** The same counts, read from what stands in /metrics; several processes are added up. */
export function countsIn(...pages: readonly string[]): Map<Api, ApiCount> {
  const fieldOf = new Map(FIELDS.map((field) => [HELP[field][0], field]));
  const counts = new Map<Api, ApiCount>();
  for (const line of pages.join("\n").split("\n")) {
    const [, name = "", labels = "", value = ""] = LINE.exec(line) ?? [];
    const field = fieldOf.get(name);
    const api = /api="([^"]+)"/.exec(labels)?.[1] as Api | undefined;
    if (field === undefined || api === undefined) continue;
    const count = counts.get(api) ?? {
      calls: 0,
      chunks: 0,
      bytes: 0,
      entries: 0,
      failed: 0,
      empty: 0,
      errors: 0,
    };
    count[field] += Number(value);
    counts.set(api, count);
  }
  return counts;
}

/** What was counted between two looks. */
export function difference(
  after: ReadonlyMap<Api, Readonly<ApiCount>>,
  before: ReadonlyMap<Api, Readonly<ApiCount>>,
): Map<Api, ApiCount> {
  const out = new Map<Api, ApiCount>();
  for (const [api, count] of after) {
    const earlier = before.get(api);
    const one = { ...count };
    // A process that began anew counts from zero: what it has is what came since.
    for (const field of FIELDS)
      one[field] -= earlier !== undefined && earlier[field] <= one[field] ? earlier[field] : 0;
    out.set(api, one);
  }
  return out;
}
