import type { Kit, Part } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { createRefresher, type Refresher } from "./billing/refresh.ts";
import type { Config } from "./config.ts";
import { paymentErrors } from "./errors.ts";
import { createDesk, type LocalDesk } from "./providers/local/desk.ts";
import type { Provider } from "./providers/provider.ts";
import { stripeProvider } from "./providers/stripe/provider.ts";

/** Who takes real money here, if anybody does. */
export interface Till {
  /** @throws PAYMENT_PROVIDER_DISABLED */
  readonly provider: Provider;
  readonly on: boolean;
  readonly refresher: Refresher;
  /** Of the local provider: what is played by hand. @throws PAYMENT_PROVIDER_DISABLED */
  readonly desk: LocalDesk;
}

export const till: Part<Till> = {
  name: "till",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const { provider, desk } = await open(kit);
    const refresher = provider && createRefresher(kit, provider);
    const need = <T>(given: T | undefined, what: string): T => {
      if (given === undefined)
        throw new OrreryError(paymentErrors.PAYMENT_PROVIDER_DISABLED, { given: what });
      return given;
    };
    return {
      handle: {
        on: provider !== undefined,
        get provider() {
          return need(provider, "no provider");
        },
        get refresher() {
          return need(refresher, "no provider");
        },
        get desk() {
          return need(desk, "the local provider is not the one here");
        },
      },
      async stop() {
        await desk?.close();
      },
    };
  },
};

async function open(kit: Kit): Promise<{ provider?: Provider; desk?: LocalDesk }> {
  const config = kit.config as Config;
  if (config.provider === "off") return {};
  if (config.provider === "stripe") return { provider: await stripeProvider(kit, config) };
  const desk = await createDesk(kit);
  return { provider: desk.provider, desk };
}
