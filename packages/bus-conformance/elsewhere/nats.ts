import type { Transport } from "@orrery/bus";
import { type NatsOptions, openNatsTransport } from "@orrery/bus-nats";

export const openTransport = (terms: NatsOptions): Promise<Transport> => openNatsTransport(terms);
