import { defineService } from "@orrery/service";
import { config } from "./config.ts";
import { signer } from "./content/signer.ts";
import { definitions } from "./definitions/part.ts";
import { figures } from "./figures.ts";
import { erasing } from "./keep/erasing.ts";
import { sweeps } from "./keep/sweeps.ts";
import { settings as tables } from "./migrations/001-settings.ts";
import { contentRpc, flagRpc, settingsRpc, tierRpc } from "./rpc.ts";
import { entitlements } from "./tiers/hear.ts";
import { plans } from "./tiers/plans.ts";
import { rates } from "./values/rates-part.ts";
import { keeper } from "./write/keeper.ts";

export default defineService({
  id: "settings",
  summary: "Which value holds for a player, device, session or world, and why; flags, tiers, content policy.",
  config,
  parts: [definitions, plans, rates, keeper, signer, entitlements, erasing, figures, sweeps],
  rpc: [settingsRpc, flagRpc, tierRpc, contentRpc],
  migrations: { "001-settings": tables },
});
