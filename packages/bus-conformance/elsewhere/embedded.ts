import { type EmbeddedOptions, openEmbeddedTransport, type Transport } from "@orrery/bus";

export async function openTransport(terms: EmbeddedOptions): Promise<Transport> {
  return openEmbeddedTransport(terms);
}
