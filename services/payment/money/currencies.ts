import { CurrencyKind, type CurrencyInit } from "@orrery/schema/payment/v1";
import { OrreryError, PLATFORM } from "@orrery/wire";
import type { Config } from "../config.ts";
import { paymentErrors } from "../errors.ts";
import { exponentOf, FIAT_CODE, mostOf } from "./exponents.ts";

export type Currency = Required<Omit<CurrencyInit, "$typeName" | "$unknown">>;

/** The currencies there are: coins and tokens by the settings, real money by its table. */
export interface Currencies {
  /** @throws PAYMENT_UNKNOWN_CURRENCY where it is not kept in that world */
  of(world: string, code: string): Currency;
  readonly coins: readonly Currency[];
  readonly tokens: readonly Currency[];
}

/** No player ever holds more: sums of many accounts stay exact. */
const MAX_BALANCE = 1_000_000_000_000;
const MAX_AMOUNT = 100_000_000_000;

export function currenciesOf({ coins, tokens }: Pick<Config, "coins" | "tokens">): Currencies {
  const made = (kind: CurrencyKind) => (given: { code: string; exponent: number }) => ({
    ...{ ...given, kind },
    maxBalance: MAX_BALANCE,
    maxAmount: MAX_AMOUNT,
    transferable: kind === CurrencyKind.COIN,
  });
  const ownCoins = coins.map(made(CurrencyKind.COIN));
  const ownTokens = tokens.map(made(CurrencyKind.TOKEN));

  function of(world: string, code: string): Currency {
    const found = (world === PLATFORM ? ownTokens : ownCoins).find((currency) => currency.code === code);
    if (found !== undefined) return found;
    if (world === PLATFORM && FIAT_CODE.test(code))
      return {
        code,
        kind: CurrencyKind.FIAT,
        exponent: exponentOf(code),
        maxBalance: Number.MAX_SAFE_INTEGER,
        maxAmount: mostOf(code),
        transferable: false,
      };
    throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_CURRENCY, { given: `${code} in ${world}` });
  }
  return { of, coins: ownCoins, tokens: ownTokens };
}
