import { LedgerPosted, TransactionKind, WalletChanged, WalletService } from "@orrery/schema/payment/v1";
import { errorCodeOf } from "@orrery/service";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTill, type TestTill } from "./till.ts";

const refused = (code: string) => (error: unknown) => errorCodeOf(error) === code;
const worldId = "w";

export function ledgerSuite(name: string, url: () => Promise<string>): void {
  describe(`the ledger on ${name}`, () => {
    let till: TestTill;
    beforeAll(async () => {
      till = await startTill(await url());
    });
    afterAll(() => till.stop());
    let number = 0;
    const key = () => `key-${name}-${String(++number).padStart(6, "0")}`;
    const player = () => `player:p${++number}`;
    const pay = (from: string, to: string, amount: number, idempotencyKey = key()) =>
      till.wallet.transfer({
        ...{ worldId, idempotencyKey, currency: "coin" },
        legs: [
          { accountId: from, amount: -amount },
          { accountId: to, amount },
        ],
      });
    const give = (to: string, amount: number) => pay("system:mint/coin", `${to}/coin`, amount);
    const balanceOf = async (playerId: string) =>
      (await till.wallet.getBalances({ worldId, playerId })).accounts[0];
    const wellKept = async () => expect((await till.operator.audit({})).imbalances).toEqual([]);

    it("moves money once per key for ever, and refuses the key for anything else", async () => {
      const who = player();
      const idempotencyKey = key();
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => pay("system:mint/coin", `${who}/coin`, 30, idempotencyKey)),
      );
      expect(new Set(answers.map(({ transaction }) => transaction?.seq)).size).toBe(1);
      expect(await balanceOf(who)).toMatchObject({ balance: 30, available: 30 });
      await expect(pay("system:mint/coin", `${who}/coin`, 31, idempotencyKey)).rejects.toSatisfy(
        refused("RPC_IDEMPOTENCY_REUSED"),
      );
      till.later(400 * 86_400_000);
      const again = await pay("system:mint/coin", `${who}/coin`, 30, idempotencyKey);
      expect(again.transaction).toEqual(answers[0]?.transaction);
      await wellKept();
    });

    it("keeps a refusal: the same key is refused again when there is money", async () => {
      const who = player();
      await give(who, 10);
      const idempotencyKey = key();
      const spend = () => pay(`${who}/coin`, "system:sink/coin", 50, idempotencyKey);
      await expect(spend()).rejects.toSatisfy(refused("PAYMENT_INSUFFICIENT_FUNDS"));
      await give(who, 90);
      await expect(spend()).rejects.toSatisfy(refused("PAYMENT_INSUFFICIENT_FUNDS"));
      expect((await pay(`${who}/coin`, "system:sink/coin", 50)).transaction?.legs[0]?.balanceAfter).toBe(50);
    });

    it("opens accounts with new money alone: nobody is taken from below what is theirs", async () => {
      const [poor, rich] = [player(), player()];
      const opening = (from: string) =>
        till.wallet.transfer({
          ...{ worldId, idempotencyKey: key(), currency: "coin", kind: TransactionKind.OPENING },
          legs: [
            { accountId: from, amount: -100 },
            { accountId: `${rich}/coin`, amount: 100 },
          ],
        });
      for (const from of [`${poor}/coin`, "system:sink/coin"])
        await expect(opening(from)).rejects.toSatisfy(refused("RPC_FIELD_INVALID"));
      await opening("system:mint/coin");
      expect(await balanceOf(rich)).toMatchObject({ balance: 100 });
      await wellKept();
    });

    it.each([0, 0.5, -0, Number.NaN, Infinity, 2 ** 53, 1e12])("refuses to move %s", async (amount) => {
      await expect(pay("system:mint/coin", `${player()}/coin`, amount)).rejects.toSatisfy(
        refused("PAYMENT_AMOUNT_RANGE"),
      );
    });

    it("refuses legs that do not come to 0, twice the same account, and a single leg", async () => {
      const who = player();
      const legsOf = [
        [
          { accountId: "system:mint/coin", amount: -3 },
          { accountId: `${who}/coin`, amount: 2 },
        ],
        [
          { accountId: `${who}/coin`, amount: -2 },
          { accountId: `${who}/coin`, amount: 2 },
        ],
        [{ accountId: `${who}/coin`, amount: 2 }],
        [],
      ];
      for (const legs of legsOf)
        await expect(
          till.wallet.transfer({ worldId, idempotencyKey: key(), currency: "coin", legs }),
        ).rejects.toSatisfy(refused("PAYMENT_UNBALANCED"));
    });

    it.each(["player:/coin", "nobody/coin", "system:toString/coin", "/coin", "player:x", "player:x/token"])(
      "knows no account %s",
      async (account) => {
        await expect(pay("system:mint/coin", account, 1)).rejects.toSatisfy(
          refused("PAYMENT_UNKNOWN_ACCOUNT"),
        );
      },
    );

    it.each(["player:constructor", "player:__proto__", "player:Ægir ☃", `player:${"x".repeat(121)}`])(
      "keeps the money of %s",
      async (who) => {
        await give(who, 7);
        expect(await balanceOf(who)).toMatchObject({ balance: 7 });
      },
    );

    it("holds, captures a part, and lets the rest go", async () => {
      const who = player();
      await give(who, 100);
      const accountId = `${who}/coin`;
      const { hold } = await till.wallet.hold({
        ...{ worldId, idempotencyKey: key(), accountId, amount: 80, expiresGs: 36_000 },
      });
      expect(await balanceOf(who)).toMatchObject({ balance: 100, held: 80, available: 20 });
      await expect(pay(accountId, "system:sink/coin", 21)).rejects.toSatisfy(
        refused("PAYMENT_INSUFFICIENT_FUNDS"),
      );
      const holdId = hold?.holdId ?? "";
      const request = {
        ...{ worldId, idempotencyKey: key(), holdId, amount: 50, toAccountId: "system:sink/coin" },
      };
      const captured = await till.wallet.capture(request);
      expect(captured.hold).toMatchObject({ captured: 50, released: 30 });
      expect(await till.wallet.capture(request)).toEqual(captured);
      await expect(till.wallet.capture({ ...request, idempotencyKey: key() })).rejects.toSatisfy(
        refused("PAYMENT_HOLD_ENDED"),
      );
      expect(await balanceOf(who)).toMatchObject({ balance: 50, held: 0, available: 50 });
      await wellKept();
    });

    it("lets a hold expire, by real time for tokens, and captures nothing afterwards", async () => {
      const who = player();
      await till.wallet.transfer({
        ...{ worldId: "platform", idempotencyKey: key(), currency: "token" },
        legs: [
          { accountId: "system:mint/token", amount: -5 },
          { accountId: `${who}/token`, amount: 5 },
        ],
      });
      const accountId = `${who}/token`;
      const { hold } = await till.wallet.hold({
        ...{ worldId: "platform", idempotencyKey: key(), accountId, amount: 5 },
      });
      till.later(600_001);
      const request = {
        ...{ worldId: "platform", holdId: hold?.holdId ?? "", toAccountId: "system:sink/token" },
      };
      await expect(till.wallet.capture({ ...request, idempotencyKey: key() })).rejects.toSatisfy(
        refused("PAYMENT_HOLD_EXPIRED"),
      );
      await till.until(async () => (await till.wallet.getHold(request)).hold?.released === 5);
      const { accounts } = await till.wallet.getBalances({ worldId: "platform", playerId: who });
      expect(accounts[0]).toMatchObject({ balance: 5, held: 0 });
    });

    it("refuses a twenty-first hold", async () => {
      const who = player();
      await give(who, 100);
      const hold = () =>
        till.wallet.hold({
          ...{ worldId, idempotencyKey: key(), accountId: `${who}/coin`, amount: 1, expiresGs: 36_000 },
        });
      for (let i = 0; i < 20; i++) await hold();
      await expect(hold()).rejects.toSatisfy(refused("PAYMENT_HOLD_LIMIT"));
    });

    it("reverses in parts, never more than was moved", async () => {
      const [one, other] = [player(), player()];
      await give(one, 100);
      const legs = [
        { accountId: `${one}/coin`, amount: -100 },
        { accountId: `${other}/coin`, amount: 67 },
        { accountId: "system:sink/coin", amount: 33 },
      ];
      const { transaction } = await till.wallet.transfer({
        ...{ worldId, idempotencyKey: key(), currency: "coin", legs },
      });
      const txId = transaction?.txId ?? "";
      const back = (amount: number) => till.wallet.reverse({ worldId, idempotencyKey: key(), txId, amount });
      await back(50);
      expect(await balanceOf(other)).toMatchObject({ balance: 33 });
      await expect(back(51)).rejects.toSatisfy(refused("PAYMENT_ALREADY_REVERSED"));
      await back(0);
      expect((await balanceOf(one))?.balance).toBe(100);
      expect((await balanceOf(other))?.balance).toBe(0);
      await expect(back(0)).rejects.toSatisfy(refused("PAYMENT_ALREADY_REVERSED"));
      await wellKept();
    });

    it("takes money into a frozen account and none out of it, but for corrections", async () => {
      const who = player();
      await give(who, 10);
      const accountId = `${who}/coin`;
      const set = (status: 1 | 2 | 3, reason = "a test") =>
        till.operator.freeze({ worldId, idempotencyKey: key(), accountId, status, reason });
      await expect(set(2, " ")).rejects.toSatisfy(refused("PAYMENT_REASON_MISSING"));
      await set(2);
      await expect(pay(accountId, "system:sink/coin", 1)).rejects.toSatisfy(
        refused("PAYMENT_ACCOUNT_FROZEN"),
      );
      await give(who, 5);
      const adjusted = { worldId, accountId, amount: -15, reason: "won by a bug" };
      await till.operator.adjust({ ...adjusted, idempotencyKey: key() });
      await set(3);
      await expect(give(who, 1)).rejects.toSatisfy(refused("PAYMENT_ACCOUNT_FROZEN"));
    });

    it("lists what moved, newest first, in pages, to whose account it is", async () => {
      const who = player();
      for (let amount = 1; amount <= 7; amount++) await give(who, amount);
      const own = till.client(WalletService, {
        role: "player",
        id: who,
      });
      const first = await own.listTransactions({ worldId, pageSize: 4 });
      const second = await own.listTransactions({ worldId, pageSize: 4, pageToken: first.nextPageToken });
      const lines = [...first.lines, ...second.lines];
      expect(lines.map(({ amount }) => amount)).toEqual([7, 6, 5, 4, 3, 2, 1]);
      expect(lines[0]?.balanceAfter).toBe(28);
      expect(second.nextPageToken).toBe("");
      await expect(own.listTransactions({ worldId, playerId: "player:other" })).rejects.toSatisfy(
        refused("RPC_NOT_SELF"),
      );
      await expect(own.listTransactions({ worldId, accountId: "system:mint/coin" })).rejects.toSatisfy(
        refused("RPC_FIELD_INVALID"),
      );
    });

    it("refuses texts that cannot be kept", async () => {
      const legs = [
        { accountId: "system:mint/coin", amount: -1 },
        { accountId: "player:x/coin", amount: 1 },
      ];
      for (const memo of ["a\u0000b", "x".repeat(501)])
        await expect(
          till.wallet.transfer({ worldId, idempotencyKey: key(), currency: "coin", legs, memo }),
        ).rejects.toSatisfy(refused("RPC_FIELD_INVALID"));
      await expect(give("player:a\u0000b", 1)).rejects.toSatisfy(refused("RPC_FIELD_INVALID"));
      await expect(pay("system:mint/coin", "player:x/coin", 1, "short")).rejects.toSatisfy(
        refused("RPC_FIELD_INVALID"),
      );
    });

    it("knows no money of a world that is not there", async () => {
      const request = {
        ...{ worldId: "nowhere", idempotencyKey: key(), currency: "coin" },
        legs: [
          { accountId: "system:mint/coin", amount: -1 },
          { accountId: "player:x/coin", amount: 1 },
        ],
      };
      await expect(till.wallet.transfer(request)).rejects.toSatisfy(refused("PAYMENT_UNKNOWN_WORLD"));
    });

    it("conserves money whatever is done with it, and tells every transaction in order", async () => {
      const who = fc.constantFrom("a", "b", "c");
      const amount = fc.integer({ min: 1, max: 120 });
      const act = fc.record({
        do: fc.constantFrom("give", "pay", "hold", "capture", "release", "reverse", "again"),
        ...{ who, to: who, amount, pick: fc.nat() },
      });
      const allowed = [
        "PAYMENT_INSUFFICIENT_FUNDS",
        "PAYMENT_UNKNOWN_ACCOUNT",
        "PAYMENT_UNKNOWN_HOLD",
        "PAYMENT_HOLD_ENDED",
        "PAYMENT_AMOUNT_RANGE",
        "PAYMENT_ALREADY_REVERSED",
        "PAYMENT_UNKNOWN_TRANSACTION",
        "PAYMENT_UNBALANCED",
      ];
      await fc.assert(
        fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), async (acts) => {
          const run = ++number;
          const account = (whose: string) => `player:${run}-${whose}/coin`;
          const holds: string[] = [];
          const transactions: string[] = [];
          let repeat = () => Promise.resolve();
          for (const { do: kind, who: from, to, amount: sum, pick } of acts) {
            const idempotencyKey = key();
            const holdId = holds[pick % Math.max(1, holds.length)] ?? "hold-none";
            const txId = transactions[pick % Math.max(1, transactions.length)] ?? "tx-none";
            const acting: Record<typeof kind, () => Promise<void>> = {
              give: async () =>
                void transactions.push(
                  (await pay("system:mint/coin", account(to), sum, idempotencyKey)).transaction?.txId ?? "",
                ),
              pay: async () =>
                void transactions.push(
                  (await pay(account(from), account(to), sum, idempotencyKey)).transaction?.txId ?? "",
                ),
              hold: async () => {
                const { hold } = await till.wallet.hold({
                  ...{ worldId, idempotencyKey, accountId: account(from), amount: sum, expiresGs: 99 },
                });
                holds.push(hold?.holdId ?? "");
              },
              capture: async () => {
                const toAccountId = "system:sink/coin";
                await till.wallet.capture({ worldId, idempotencyKey, holdId, amount: sum, toAccountId });
              },
              release: async () => void (await till.wallet.release({ worldId, idempotencyKey, holdId })),
              reverse: async () =>
                void (await till.wallet.reverse({ worldId, idempotencyKey, txId, amount: sum })),
              again: () => repeat(),
            };
            await acting[kind]().catch((error: unknown) => {
              if (!allowed.includes(errorCodeOf(error) ?? "")) throw error;
            });
            if (kind !== "again") repeat = acting[kind];
          }
          const { supplies } = await till.operator.getSupply({ worldId });
          const { supply, players, sink, market } = supplies[0] as NonNullable<(typeof supplies)[0]>;
          expect(players + sink + market).toBe(supply);
          await wellKept();
        }),
        { numRuns: 25, seed: 7 },
      );
      await till.kit.outbox.sent();
      const posted = till.events(LedgerPosted).filter(({ ledgerId }) => ledgerId === "w/coin");
      expect(posted.map(({ seq }) => seq)).toEqual(posted.map((_, at) => at + 1));
      const folded = new Map<string, number>();
      for (const { legs } of posted)
        for (const { accountId, amount: sum } of legs)
          folded.set(accountId, (folded.get(accountId) ?? 0) + sum);
      const mint = (await till.operator.getSupply({ worldId })).supplies[0]?.supply ?? 0;
      expect(-(folded.get("system:mint/coin") ?? 0)).toBe(mint);
      const [last] = till.events(WalletChanged).slice(-1);
      expect(last?.available).toBe((last?.balance ?? 0) - (last?.held ?? 0));
    });
  });
}
