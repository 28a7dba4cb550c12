import type { Transport } from "@orrery/bus";
import { type AwsOptions, openAwsTransport } from "@orrery/bus-aws";

export const openTransport = async (terms: AwsOptions): Promise<Transport> => openAwsTransport(terms);
