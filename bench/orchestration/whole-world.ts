// A whole world in a process that is killed; begins purchases over its parent's channel and says how all stand.
//   node bench/orchestration/whole-world.ts <data folder>
import { startInstance } from "@orrery/cli/run/instance.ts";
import { ExecutionStatusSchema, WorkflowService } from "@orrery/schema/orchestration/v1";
import { WalletService } from "@orrery/schema/payment/v1";
import { StateService } from "@orrery/schema/state/v1";
import { errorCodeOf } from "@orrery/service";
import { setTimeout as wait } from "node:timers/promises";

export interface PurchaseStand {
  readonly executionId: string;
  readonly status: string;
  readonly paid: number;
  readonly held: number;
  readonly items: number;
}
export interface WorldStand {
  readonly open: number;
  readonly purchases: readonly PurchaseStand[];
  readonly imbalances: number;
  readonly differing: number;
}

const [data = ""] = process.argv.slice(2);
const worldId = "vale";
const BEGUN_WITH = 100;
const { host } = await startInstance({
  ...{ data, port: 0, databaseUrl: undefined, consoleFolder: data, logLevel: "silent" },
  worlds: [{ id: worldId, pack: "hollowmere", seed: "s", rate: 60 }],
});
const shop = { role: "service", id: "shop", scopes: [] } as const;
const admin = { role: "admin", id: "trial", scopes: [] } as const;
const wallet = host.directory.client(WalletService, shop);
const flows = host.directory.client(WorkflowService, admin);

/** Again, until it is taken: a world that comes up refuses for a while. */
async function until<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (/^(ORCH_(INPUT|NOT)|PAYMENT_INSUFF)/.test(errorCodeOf(error) ?? "")) throw error;
      await wait(50);
    }
  }
}

/** Every fourth buyer has too little, every seventh buys what cannot be given. */
async function buy(number: number): Promise<void> {
  const playerId = `player:p${number}`;
  if (number % 4 !== 0)
    await until(() =>
      wallet.transfer({
        ...{ worldId, currency: "coin", idempotencyKey: `fund-player-${number}` },
        legs: [
          { accountId: "system:mint/coin", amount: -BEGUN_WITH },
          { accountId: `${playerId}/coin`, amount: BEGUN_WITH },
        ],
      }),
    );
  const items = [{ itemId: "lantern", count: number % 7 === 0 ? 0 : 1 }];
  const json = JSON.stringify({ playerId, currency: "coin", price: 30, items });
  await until(() =>
    host.directory.client(WorkflowService, shop).start({
      ...{ workflowId: "purchase-fulfilment", executionId: `buy-${number}`, worldId },
      input: { case: "json", value: json },
    }),
  );
}

async function stand(count: number): Promise<WorldStand> {
  const purchases: PurchaseStand[] = [];
  let [open, differing] = [0, 0];
  for (let number = 0; number < count; number++) {
    const executionId = `buy-${number}`;
    const owner = `player:p${number}`;
    const { execution } = await until(() => flows.get({ executionId }));
    if ((execution?.endedMs ?? 0) === 0) open += 1;
    else if ((await flows.replay({ executionId })).differsAt !== 0) differing += 1;
    const [account] = (await wallet.getBalances({ worldId, playerId: owner })).accounts;
    const { stacks } = await host.directory.client(StateService, admin).listInventory({ worldId, owner });
    purchases.push({
      executionId,
      status: ExecutionStatusSchema.values.find((one) => one.number === execution?.status)?.localName ?? "",
      paid: number % 4 === 0 ? 0 : BEGUN_WITH - (account?.balance ?? 0),
      held: account?.held ?? 0,
      items: stacks.reduce((sum, stack) => sum + stack.count, 0),
    });
  }
  const { imbalances } = await host.directory.client(WalletService, admin).audit({});
  return { open, purchases, differing, imbalances: imbalances.length };
}

process.on("disconnect", () => process.exit(0));
process.on("message", ({ ask, count }: { readonly ask: "buy" | "stand"; readonly count: number }) => {
  if (ask === "stand") void stand(count).then((found) => process.send?.(found));
  else
    void (async () => {
      for (let number = 0; number < count; number += 10)
        await Promise.all(Array.from({ length: Math.min(10, count - number) }, (_, at) => buy(number + at)));
    })();
});
process.send?.("ready");
