import type { SubscriptionLag } from "@orrery/schema/bus/v1";

/** How a service stood at one look. */
export interface Sample {
  /** Events handled a second, by all its subscriptions. */
  readonly rate: number;
  /** How long the oldest event waits that it has not handled, ms. */
  readonly lateMs: number;
}

/** What the page has seen of each service since it was opened, the last of it. */
export interface Trends {
  take(lags: readonly SubscriptionLag[]): void;
  of(serviceId: string): readonly Sample[];
}

export function createTrends(most: number): Trends {
  const samples = new Map<string, Sample[]>();
  return {
    take(lags) {
      const now = new Map<string, Sample>();
      for (const { subscription, rate, oldestMs } of lags) {
        const serviceId = serviceOf(subscription);
        const before = now.get(serviceId) ?? { rate: 0, lateMs: 0 };
        now.set(serviceId, { rate: before.rate + rate, lateMs: Math.max(before.lateMs, oldestMs) });
      }
      for (const [serviceId, sample] of now)
        samples.set(serviceId, [...(samples.get(serviceId) ?? []), sample].slice(-most));
    },
    of: (serviceId) => samples.get(serviceId) ?? [],
  };
}

/** `weather-manager/aggregate-0` is of `weather-manager`. */
export const serviceOf = (subscription: string): string => subscription.split("/")[0] ?? subscription;
