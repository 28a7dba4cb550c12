import type { Part } from "@orrery/service";
import type { Config } from "../config.ts";
import { secret } from "../secrets.ts";
import type { StateTables } from "../tables.ts";
import { createSigner, makeKey, type Signer } from "./file.ts";

export const signer: Part<Signer> = {
  name: "signer",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const { trustedKeys } = kit.config as Config;
    const key = await secret(kit.store.as<StateTables>(), "slot-key", makeKey);
    const trusted = trustedKeys
      .split(",")
      .map((own) => own.trim())
      .filter((own) => own !== "");
    return { handle: createSigner(key, trusted), async stop() {} };
  },
};
