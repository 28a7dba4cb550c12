export type { Api, ApiCount, Counted } from "./counted.ts";
export { busAwsErrors } from "./errors.ts";
export type { AwsOptions } from "./options.ts";
export { type AwsTransport, openAwsTransport } from "./transport.ts";
