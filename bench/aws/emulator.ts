import { openAwsTransport, type AwsOptions, type AwsTransport } from "@orrery/bus-aws";
import { type Emulator, startMinistack, TEST_CREDENTIALS } from "@orrery/bus-aws/testing";

export const REGION = "us-east-1";

export interface AwsStage {
  readonly emulator: Emulator;
  readonly transport: AwsTransport;
  close(): Promise<void>;
}

/** A transport on an emulator of its own. Its lanes are on standard topics: no subscription here asks for order. */
export async function awsStage(options: AwsOptions = {}): Promise<AwsStage> {
  const emulator = await startMinistack();
  const transport = await openAwsTransport({
    endpoint: emulator.endpoint,
    credentials: TEST_CREDENTIALS,
    fifo: [],
    ...options,
  });
  return {
    emulator,
    transport,
    async close() {
      await transport.close();
      await emulator.close();
    },
  };
}

export const clientOptions = ({ endpoint }: Emulator) => ({
  endpoint,
  region: REGION,
  credentials: TEST_CREDENTIALS,
});
