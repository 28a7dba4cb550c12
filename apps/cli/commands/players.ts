import { randomUUID } from "node:crypto";
import { Command, Option } from "commander";
import { Tier, TierService } from "@orrery/schema/settings/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { whole } from "../numbers.ts";
import { printRows, wordOf } from "../print.ts";

const DAY_MS = 86_400_000;

const tier = edgeCommand(
  "tier",
  "what a player's tier is and allows; with --override another one for a while",
)
  .argument("<player>", "like player:ada")
  .addOption(
    new Option("--override <tier>", "for so many days").choices(["free", "premium", "patron", "none"]),
  )
  .option("--days <count>", "1..90", whole(1, 90), 30)
  .option("--reason <text>", "why", "")
  .action(
    async (playerId: string, options: EdgeOptions & { override?: string; days: number; reason: string }) => {
      const edge = await openEdge(options);
      const { override } = options;
      const client = edge.client(TierService);
      const wanted =
        override === "none"
          ? Tier.UNSPECIFIED
          : Tier[(override ?? "free").toUpperCase() as keyof typeof Tier];
      const untilMs = Date.now() + options.days * DAY_MS;
      const found =
        override === undefined
          ? await client.get({ playerId })
          : await client.setOverride({
              playerId,
              tier: wanted,
              untilMs,
              reason: options.reason,
              idempotencyKey: randomUUID(),
            });
      const {
        $typeName: _,
        $unknown: __,
        ...limits
      } = found.limits ?? { $typeName: "", $unknown: undefined };
      if (!options.json) {
        const until = found.tier?.override && new Date(found.tier.override.untilMs).toISOString();
        console.error(
          `${playerId} is ${wordOf(Tier, found.tier?.tier ?? 0)}${until ? ` by override until ${until}` : ""}.`,
        );
      }
      printRows([{ tier: wordOf(Tier, found.tier?.tier ?? 0), ...limits }], options.json);
    },
  );

export const players = new Command("players").description("What players may use.");
players.addCommand(tier);
