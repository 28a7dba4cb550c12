import { JournalService, Order } from "@orrery/schema/bus/v1";
import { LedgerPosted, TransactionKind } from "@orrery/schema/payment/v1";
import type { ForkedFrom } from "@orrery/schema/world/v1";
import type { Kit } from "@orrery/service";
import { book } from "../book.ts";
import { digestOf, keyOf } from "../commit/once.ts";
import { accountName, systemAccount } from "../ledger/account.ts";
import { ledgerOnce } from "../ledger/entry.ts";
import { post } from "../ledger/post.ts";
import type { Currency } from "../money/currencies.ts";
import { WORLD } from "../store/rows.ts";
import type { PaymentTables } from "../tables.ts";

const PAGE = 200;
/** Of a transaction; one leg is the mint's. */
const ACCOUNTS = 15;

/** Gives a fork the coins of its parent as they were where it begins, in `opening` transactions; holds are not taken over. */
export async function openFork(
  kit: Kit,
  world: string,
  { worldId: parent, position }: ForkedFrom,
): Promise<void> {
  const owned = kit.part(book);
  await owned.submit({
    worlds: [],
    async run(draft) {
      const known = (await draft.get(WORLD, world)) ?? { id: world, forked: 1, ended: 0 };
      draft.put(WORLD, { ...known, forked: 1 });
    },
  });
  for (const currency of owned.currencies.coins) {
    const seq = await seqAt(kit, parent, currency.code, position);
    const balances = await balancesAt(kit, parent, currency.code, seq);
    for (let from = 0; from < balances.length; from += ACCOUNTS)
      await open(kit, world, currency, balances.slice(from, from + ACCOUNTS));
  }
}

interface Balance {
  readonly account: string;
  readonly balance: number;
}

/** The ledger's last transaction that the fork shares, as the journal has it; 0: none. */
async function seqAt(kit: Kit, parent: string, code: string, position: number): Promise<number> {
  const known = await kit.store
    .as<PaymentTables>()
    .selectFrom("ledger")
    .select("seq")
    .where("world", "=", parent)
    .where("code", "=", code)
    .executeTakeFirst();
  if (known === undefined) return 0;
  const journal = kit.client(JournalService);
  for (let pageToken = ""; ; ) {
    const page = await journal.query({
      worldId: parent,
      filter: { types: [LedgerPosted.typeName], keys: [`${parent}/${code}`] },
      order: Order.NEWEST_FIRST,
      pageSize: PAGE,
      pageToken,
    });
    const found = page.events.find(({ ordinal }) => ordinal <= position);
    if (found !== undefined) return LedgerPosted.decode(found.payload).seq;
    pageToken = page.nextPageToken;
    if (pageToken === "") return 0;
  }
}

/** What every account but the mint had after that transaction. */
async function balancesAt(kit: Kit, world: string, code: string, seq: number): Promise<Balance[]> {
  const db = kit.store.as<PaymentTables>();
  const rows = await db
    .selectFrom("leg as l")
    .innerJoin("entry as e", "e.id", "l.entry")
    .where("l.world", "=", world)
    .where("e.code", "=", code)
    .where("l.seq", "<=", seq)
    .groupBy("l.account")
    .select(({ fn }) => ["l.account as account", fn.sum<number>("l.amount").as("balance")])
    .orderBy("l.account")
    .execute();
  return rows
    .map(({ account, balance }) => ({ account, balance: Number(balance) }))
    .filter(({ account, balance }) => balance !== 0 && account !== systemAccount("mint", code));
}

async function open(kit: Kit, world: string, currency: Currency, some: readonly Balance[]): Promise<void> {
  const { code } = currency;
  const total = some.reduce((sum, { balance }) => sum + balance, 0);
  const legs = [
    ...some.map(({ account, balance }) => ({ accountId: accountName(account).id, amount: balance })),
    ...(total === 0 ? [] : [{ accountId: systemAccount("mint", code), amount: -total }]),
  ];
  const requestKey = keyOf(world, kit.service, `opening/${code}/${some[0]?.account}`);
  const command = { requestKey, digest: digestOf("opening"), world, code, actor: kit.service };
  await kit.part(book).submit({
    worlds: [world],
    run: (draft) =>
      ledgerOnce(
        draft,
        command,
        async (seed) =>
          void (await post(draft, seed, {
            ...{ world, legs, currency: { ...currency, maxAmount: Number.MAX_SAFE_INTEGER } },
            kind: TransactionKind.OPENING,
            memo: "as the parent had it",
          })),
        async () => {},
      ),
  });
}
