import { EntitlementChanged, LedgerPosted, RefundIssued, WalletChanged } from "@orrery/schema/payment/v1";
import { type Part, serviceErrors } from "@orrery/service";
import { leading } from "@orrery/simulation";
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
  /** Is done each time this process takes the books over, before it takes jobs; at once where it has them already. */
  whenTaken(act: () => Promise<void>): Promise<void>;
}

export const book: Part<Book> = {
  name: "book",
  publishes: [LedgerPosted, WalletChanged, EntitlementChanged, RefundIssued],
  subscribes: [],
  async start(kit) {
    const config = kit.config as Config;
    const acts: (() => Promise<void>)[] = [];
    let committer: Committer | undefined;

    const lead = await leading(kit, "book", async (lease) => {
      await kit.outbox.resume();
      for (const act of acts) await act();
      const own = (committer = createCommitter(kit, lease, config.queueLimit));
      return async () => {
        committer = undefined;
        await own.close();
      };
    });
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
        async whenTaken(act) {
          acts.push(act);
          if (committer !== undefined) await act();
        },
      },
      stop: () => lead.stop(),
    };
  },
};
