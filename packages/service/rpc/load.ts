/** What a service has to do with calls: how many run, how long one takes, how many fail. */
export interface CallLoad {
  /** A call begins. @returns to be told when it ends: `isFault` when it failed for no fault of its caller's */
  begin(): (tookMs: number, isFault: boolean) => void;
  readonly inFlight: number;
  /** Exponentially weighted, ms; 0: none has ended yet. */
  readonly ewmaMs: number;
  /** 0..1, weighted alike. */
  readonly errorRate: number;
}

/** Weight of the newest: after some 20 calls what was before them hardly counts. */
const NEWEST = 0.1;

export function createCallLoad(): CallLoad {
  let inFlight = 0;
  let ewmaMs = 0;
  let errorRate = 0;
  let isFirst = true;
  const blend = (before: number, now: number) => before + (isFirst ? 1 : NEWEST) * (now - before);
  return {
    begin() {
      inFlight += 1;
      return (tookMs, isFault) => {
        inFlight -= 1;
        ewmaMs = blend(ewmaMs, tookMs);
        errorRate += NEWEST * ((isFault ? 1 : 0) - errorRate);
        isFirst = false;
      };
    },
    get inFlight() {
      return inFlight;
    },
    get ewmaMs() {
      return ewmaMs;
    },
    get errorRate() {
      return errorRate;
    },
  };
}
