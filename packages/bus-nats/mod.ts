export { busNatsErrors } from "./errors.ts";
export type { NatsOptions } from "./options.ts";
export { openNatsTransport } from "./transport.ts";
