import { create } from "@bufbuild/protobuf";
import { CATEGORIES, ceilingsOf, levelsOf, PROFILES } from "@orrery/content-policy";
import {
  Category,
  type CategoryLevel,
  ContentLevel,
  PlayerContent,
  PlayerContentSchema,
  type RatingBand,
} from "@orrery/schema/settings/v1";
import { serviceErrors } from "@orrery/service";
import { encodeBytes, OrreryError } from "@orrery/wire";
import { settingsErrors } from "../errors.ts";
import type { Turn } from "../write/turn.ts";
import { contentOf } from "./sessions.ts";

const SKIPS_MOST = 32;
const SKIP = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const CATEGORY_NAMES = new Map<number, string>(
  Object.entries(Category).map(([name, of]) => [of as number, name.toLowerCase()]),
);

const invalid = (given: string): never => {
  throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given });
};

/** @throws RPC_FIELD_INVALID */
function checkLevels(what: string, named: readonly CategoryLevel[]): void {
  const known = named.every(({ category }) => CATEGORIES.some((own) => own === category));
  const inRange = named.every(({ level }) => level >= ContentLevel.NONE && level <= ContentLevel.EXTREME);
  const once = new Set(named.map(({ category }) => category)).size === named.length;
  if (!known || !inRange || !once) invalid(`${what}: each category once, levels 0..4`);
}

function checkRevision(before: PlayerContent, expected: number | undefined): void {
  if (expected !== undefined && expected !== before.revision)
    throw new OrreryError(settingsErrors.SETTINGS_REVISION_CONFLICT, {
      given: `content of ${before.playerId}: at revision ${before.revision}, expected ${expected}`,
    });
}

/** What a player wants to be shown. @throws RPC_FIELD_INVALID, SETTINGS_POLICY_ABOVE_CEILING, SETTINGS_REVISION_CONFLICT */
export function setWanted(
  turn: Turn,
  player: string,
  asked: {
    readonly profile: string;
    readonly overrides: readonly CategoryLevel[];
    readonly skipRules: readonly string[];
    readonly expectedRevision?: number | undefined;
  },
): void {
  const { profile, overrides, skipRules } = asked;
  if (profile !== "" && !PROFILES.has(profile)) invalid(`profile: one of ${[...PROFILES.keys()].join(", ")}`);
  checkLevels("overrides", overrides);
  if (skipRules.length > SKIPS_MOST || !skipRules.every((name) => SKIP.test(name)))
    invalid(`skip_rules: at most ${SKIPS_MOST} names of a-z, 0-9, ., _ and -`);
  const before = contentOf(turn.player(player));
  checkRevision(before, asked.expectedRevision);
  checkBelow(before, overrides);
  keepContent(turn, {
    ...before,
    profile: profile || before.profile,
    overrides: [...overrides],
    skipRules: [...new Set(skipRules)],
  });
}

/** What somebody else sets above a player. @throws RPC_FIELD_INVALID, SETTINGS_REVISION_CONFLICT */
export function setCeilings(
  turn: Turn,
  player: string,
  asked: {
    readonly ageBand: RatingBand;
    readonly ceilings: readonly CategoryLevel[];
    readonly expectedRevision?: number | undefined;
  },
): void {
  checkLevels("ceilings", asked.ceilings);
  const before = contentOf(turn.player(player));
  checkRevision(before, asked.expectedRevision);
  keepContent(turn, { ...before, ageBand: asked.ageBand || before.ageBand, guardian: [...asked.ceilings] });
}

function checkBelow({ ageBand, guardian }: PlayerContent, overrides: readonly CategoryLevel[]): void {
  const band = ceilingsOf(ageBand);
  const ceilings = levelsOf(guardian);
  const above = overrides.flatMap(({ category, level }) => {
    const at = CATEGORIES.indexOf(category as (typeof CATEGORIES)[number]);
    const most = Math.min(band[at] ?? 0, ceilings[at] ?? ContentLevel.EXTREME);
    return level > most ? `${CATEGORY_NAMES.get(category)} ${level}, at most ${most}` : [];
  });
  if (above.length > 0)
    throw new OrreryError(settingsErrors.SETTINGS_POLICY_ABOVE_CEILING, { given: above.join("; ") });
}

function keepContent(turn: Turn, content: PlayerContent): void {
  const next = create(PlayerContentSchema, { ...content, revision: content.revision + 1 });
  const { playerId: player } = next;
  const body = encodeBytes(PlayerContent, next);
  turn.keep({ ...turn.player(player), content: next });
  turn.write(
    turn.db
      .insertInto("player_content")
      .values({ player, body })
      .onConflict((conflict) => conflict.column("player").doUpdateSet({ body })),
  );
}
