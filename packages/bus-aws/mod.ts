export { type Bill, billOf, type BillLine } from "./cost.ts";
export type { Api, ApiCount, Counted } from "./counted.ts";
export { countsIn, difference } from "./counters.ts";
export { busAwsErrors } from "./errors.ts";
export type { AwsOptions } from "./options.ts";
export { PRICES } from "./prices.ts";
export { type AwsTransport, openAwsTransport } from "./transport.ts";
