/**
 * Digits behind the point of real currencies, as the provider counts their minor units; everything that is not named
 * has two. Ours, and not the host's tables, whose answers change with the version of its language data.
 */
const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf"].map((code) => [code, 0] as const),
  ...["vnd", "vuv", "xaf", "xof", "xpf"].map((code) => [code, 0] as const),
  ...["bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd"].map((code) => [code, 3] as const),
  ...["clf", "uyw"].map((code) => [code, 4] as const),
]);

/** Kept in hundreds although they have no smaller coin: an amount ends in 00. */
const IN_HUNDREDS: ReadonlySet<string> = new Set(["isk", "ugx"]);
/** Of three digits the provider takes the last as 0 alone. */
const STEP_OF_THREE = 10;
const STEP_OF_HUNDREDS = 100;

/** Most that is taken at once: eight digits of minor units, of rupiah twelve. */
const MOST = 99_999_999;
const MOST_OF: ReadonlyMap<string, number> = new Map([["idr", 999_999_999_999]]);

export const FIAT_CODE = /^[a-z]{3}$/;

export const exponentOf = (code: string): number => EXPONENTS.get(code) ?? 2;

/** Minor units that every amount is a multiple of. */
export function stepOf(code: string): number {
  if (IN_HUNDREDS.has(code)) return STEP_OF_HUNDREDS;
  return exponentOf(code) === 3 ? STEP_OF_THREE : 1;
}

export const mostOf = (code: string): number => MOST_OF.get(code) ?? MOST;

/** Whether the provider takes such an amount. */
export const isPayable = (code: string, amount: number): boolean =>
  Number.isSafeInteger(amount) && amount > 0 && amount <= mostOf(code) && amount % stepOf(code) === 0;

/** Down to what the provider takes. */
export const toStep = (code: string, amount: number): number => amount - (amount % stepOf(code));

/** `12.50 eur`, `1250 jpy`. */
export function inWords(code: string, amount: number, exponent: number = exponentOf(code)): string {
  const digits = String(Math.abs(amount)).padStart(exponent + 1, "0");
  const point = digits.length - exponent;
  const sign = amount < 0 ? "-" : "";
  return exponent === 0
    ? `${sign}${digits} ${code}`
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)} ${code}`;
}
