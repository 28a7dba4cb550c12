import { EntitlementChanged, LedgerPosted, RefundIssued, WalletChanged } from "@orrery/schema/payment/v1";
import { type Part, serviceErrors } from "@orrery/service";
import { createLease } from "@orrery/simulation";
import { OrreryError } from "@orrery/wire";
import { type Committer, createCommitter } from "./commit/committer.ts";
import type { Job } from "./commit/job.ts";
import type { Config } from "./config.ts";
import { type Currencies, currenciesOf } from "./money/currencies.ts";

/** All that is written here, in the hands of one process at a time. */
export interface Book {
  /** @throws what the job throws, PAYMENT_BUSY, PAYMENT_STORE_AWAY, SERVICE_NOT_READY where another process has the books */
  submit<T>(job: Job<T>): Promise<T>;
  readonly active: boolean;
  readonly currencies: Currencies;
}

const STANDBY_TRY_MS = 1_000;

export const book: Part<Book> = {
  name: "book",
  publishes: [LedgerPosted, WalletChanged, EntitlementChanged, RefundIssued],
  subscribes: [],
  async start(kit) {
    const config = kit.config as Config;
    const lease = createLease(kit.store, `${kit.service}/book`, kit.instance, kit.clock);
    const stopping = new AbortController();
    let committer: Committer | undefined;

    async function lead(): Promise<void> {
      await kit.outbox.resume();
      committer = createCommitter(kit, lease, config.queueLimit);
    }

    /** @returns false: not now, and it is tried again */
    async function takeOver(): Promise<boolean> {
      try {
        await lead();
        return true;
      } catch (err) {
        kit.log.error({ err }, "the books could not be taken over; tried again");
        await lease.release().catch(() => undefined);
        await kit.clock.sleep(STANDBY_TRY_MS, stopping.signal);
        return false;
      }
    }

    async function stay(): Promise<void> {
      while (!stopping.signal.aborted) {
        if (committer === undefined && !(await lease.acquire().catch(() => false))) {
          await kit.clock.sleep(STANDBY_TRY_MS, stopping.signal);
          continue;
        }
        if (committer === undefined && !(await takeOver())) continue;
        const { promise: lost, resolve } = Promise.withResolvers<void>();
        const keeping = lease.keep(stopping.signal, resolve);
        await Promise.race([lost, keeping]);
        if (stopping.signal.aborted) return;
        kit.log.error("the lease went to another process; this one stands by");
        const left = committer;
        committer = undefined;
        await left?.close();
      }
    }

    if (await lease.acquire()) await lead();
    const staying = stay().catch((error: unknown) =>
      kit.log.error({ err: error }, "cannot keep the books any more"),
    );
    kit.health.add({ name: "store", kind: "dependency", ask: () => committer?.problem() });
    return {
      handle: {
        async submit(job) {
          if (committer === undefined)
            throw new OrreryError(serviceErrors.SERVICE_NOT_READY, {
              given: "another process has the books",
            });
          return committer.submit(job);
        },
        get active() {
          return committer !== undefined;
        },
        currencies: currenciesOf(config),
      },
      async stop() {
        stopping.abort();
        await staying;
        await committer?.close();
        await lease.release();
      },
    };
  },
};
