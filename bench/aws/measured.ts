/** What a way of carrying events took from this process and from AWS. */
export interface Way {
  readonly events: number;
  readonly eventsPerS: number;
  readonly callsPerEvent: number;
  /** CPU of this process, publisher and consumer together, microseconds. */
  readonly cpuUsPerEvent: number;
}

/** Runs `work`; `calls` is asked before and after. */
export async function measured(events: number, calls: () => number, work: () => Promise<void>): Promise<Way> {
  const callsBefore = calls();
  const cpuBefore = process.cpuUsage();
  const beganMs = performance.now();
  await work();
  const tookMs = performance.now() - beganMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    events,
    eventsPerS: Math.round((events / tookMs) * 1000),
    callsPerEvent: (calls() - callsBefore) / events,
    cpuUsPerEvent: (user + system) / events,
  };
}

interface Counting {
  readonly middlewareStack: {
    add(middleware: any, options: { readonly step: "initialize" }): void;
  };
}

/** Counts the requests of an SDK client. */
export function countingCalls(client: Counting): () => number {
  let calls = 0;
  client.middlewareStack.add(
    (next: (args: unknown) => unknown) => (args: unknown) => {
      calls++;
      return next(args);
    },
    { step: "initialize" },
  );
  return () => calls;
}
