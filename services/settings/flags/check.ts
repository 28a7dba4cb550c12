import {
  Comparator,
  type Flag,
  FlagType,
  type Predicate,
  type Segment,
  type Serve,
  type Split,
  type Value,
} from "@orrery/schema/settings/v1";
import { BUCKETS, cycleFrom, type FlagSet, plainOf } from "@orrery/flags";
import { OrreryError } from "@orrery/wire";
import { validRange } from "semver";
import { settingsErrors } from "../errors.ts";

const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const SALT = /^[^\s/\p{Cc}]{1,64}$/u;
const NODES_MOST = 32;
const DEPTH_MOST = 6;
const MOST = { variants: 32, rules: 100, prerequisites: 16, listed: 10_000, values: 100, steps: 100 };
const TEXT_MOST = 1_000;

const KINDS = new Map<FlagType, NonNullable<Value["kind"]["case"]>[]>([
  [FlagType.BOOLEAN, ["boolValue"]],
  [FlagType.STRING, ["stringValue"]],
  [FlagType.NUMBER, ["intValue", "doubleValue"]],
  [FlagType.OBJECT, ["jsonValue"]],
]);

const refuse = (given: string): never => {
  throw new OrreryError(settingsErrors.SETTINGS_FLAG_INVALID, { given });
};

/** @throws SETTINGS_FLAG_INVALID */
export function checkName(what: string, name: string): void {
  if (!NAME.test(name))
    refuse(`${what} ${JSON.stringify(name.slice(0, 120))}: 1..100 of a-z, 0-9, ., _ and -`);
}

/**
 * Whether a flag can stand among those there are.
 * @throws SETTINGS_FLAG_INVALID, SETTINGS_SPLIT_SUM, SETTINGS_FLAG_CYCLE, SETTINGS_UNKNOWN_FLAG
 */
export function checkFlag(flag: Flag, set: FlagSet): void {
  checkName("flag", flag.key);
  const names = flag.variants.map(({ name }) => name);
  if (names.length < 1 || names.length > MOST.variants) refuse(`${flag.key}: 1..${MOST.variants} variants`);
  if (new Set(names).size < names.length) refuse(`${flag.key}: two variants of one name`);
  const kinds = KINDS.get(flag.type) ?? refuse(`${flag.key}: no type`);
  for (const { name, value } of flag.variants) {
    checkName(`${flag.key}: variant`, name);
    const kind = value?.kind;
    if (kind?.case === undefined || !kinds.includes(kind.case))
      refuse(`${flag.key}/${name}: the value is of another type`);
    checkContent(`${flag.key}/${name}`, value);
  }
  if (!SALT.test(flag.salt)) refuse(`${flag.key}: a salt has 1..64 characters, no space and no slash`);
  if (flag.owner.length > 200 || flag.description.length > TEXT_MOST)
    refuse(`${flag.key}: owner or description too long`);
  if (!Number.isFinite(flag.reviewByMs)) refuse(`${flag.key}: review_by_ms is no moment`);
  checkVariant(flag, flag.defaultVariant);
  checkVariant(flag, flag.offVariant);
  if (flag.rules.length > MOST.rules) refuse(`${flag.key}: at most ${MOST.rules} rules`);
  const ids = flag.rules.map(({ id }) => id);
  if (new Set(ids).size < ids.length) refuse(`${flag.key}: two rules of one id`);
  for (const { id, when, serve } of flag.rules) {
    checkName(`${flag.key}: rule`, id);
    checkPredicate(`${flag.key}/${id}`, when, set);
    checkServe(flag, id, serve);
  }
  checkPrerequisites(flag, set);
}

/** @throws SETTINGS_FLAG_INVALID, SETTINGS_UNKNOWN_FLAG */
export function checkSegment(segment: Segment, set: FlagSet): void {
  checkName("segment", segment.name);
  const { include, exclude } = segment;
  if (include.length + exclude.length > MOST.listed) refuse(`${segment.name}: at most ${MOST.listed} listed`);
  if ([...include, ...exclude].some((key) => key === "" || key.length > 128))
    refuse(`${segment.name}: a key of 1..128 characters`);
  checkPredicate(segment.name, segment.when, set, true);
}

function checkContent(where: string, value: Value | undefined): void {
  const kind = value?.kind;
  if (kind?.case === "doubleValue" && !Number.isFinite(kind.value)) refuse(`${where}: not a number`);
  if (kind?.case === "stringValue" && Buffer.byteLength(kind.value) > 4_096)
    refuse(`${where}: above 4,096 bytes`);
  if (kind?.case !== "jsonValue") return;
  if (Buffer.byteLength(kind.value) > 4_096) refuse(`${where}: above 4,096 bytes`);
  try {
    JSON.parse(kind.value);
  } catch {
    refuse(`${where}: no JSON`);
  }
}

function checkVariant({ key, variants }: Flag, name: string): void {
  if (!variants.some((own) => own.name === name))
    throw new OrreryError(settingsErrors.SETTINGS_UNKNOWN_FLAG, {
      given: `variant ${JSON.stringify(name)} of ${key}`,
    });
}

/** @throws SETTINGS_SPLIT_SUM, SETTINGS_UNKNOWN_FLAG, SETTINGS_FLAG_INVALID */
export function checkServe(flag: Flag, rule: string, serve: Serve | undefined): void {
  const own = serve?.serve;
  if (own?.case === "variant") return checkVariant(flag, own.value);
  if (own?.case !== "split") return void refuse(`${flag.key}/${rule} serves nothing`);
  checkSplit(flag, rule, own.value);
}

function checkSplit(flag: Flag, rule: string, { shares }: Split): void {
  for (const { variant } of shares) checkVariant(flag, variant);
  if (new Set(shares.map(({ variant }) => variant)).size < shares.length)
    refuse(`${flag.key}/${rule}: a variant twice`);
  const sum = shares.reduce((total, { weight }) => total + weight, 0);
  if (sum !== BUCKETS)
    throw new OrreryError(settingsErrors.SETTINGS_SPLIT_SUM, { given: `${flag.key}/${rule}: ${sum}` });
}

function checkPrerequisites(flag: Flag, set: FlagSet): void {
  const { key, prerequisites } = flag;
  if (prerequisites.length > MOST.prerequisites)
    refuse(`${key}: at most ${MOST.prerequisites} prerequisites`);
  for (const { flag: needed, variant } of prerequisites) {
    const other = needed === key ? flag : set.flags.get(needed);
    if (other === undefined)
      throw new OrreryError(settingsErrors.SETTINGS_UNKNOWN_FLAG, {
        given: `prerequisite ${JSON.stringify(needed)}`,
      });
    checkVariant(other, variant);
  }
  const needs = (of: string) =>
    (of === key ? prerequisites : (set.flags.get(of)?.prerequisites ?? [])).map((one) => one.flag);
  const cycle = cycleFrom(key, needs);
  if (cycle !== undefined)
    throw new OrreryError(settingsErrors.SETTINGS_FLAG_CYCLE, { given: cycle.join(" → ") });
}

function checkPredicate(where: string, root: Predicate | undefined, set: FlagSet, inSegment = false): void {
  let nodes = 0;
  function walk({ predicate }: Predicate, depth: number): void {
    nodes += 1;
    if (nodes > NODES_MOST || depth > DEPTH_MOST)
      refuse(`${where}: at most ${NODES_MOST} nodes, ${DEPTH_MOST} deep`);
    switch (predicate.case) {
      case "compare":
        return checkComparison(
          where,
          predicate.value.attribute,
          predicate.value.comparator,
          predicate.value.values,
        );
      case "segment":
        if (inSegment) refuse(`${where}: a segment names no other`);
        if (!set.segments.has(predicate.value))
          throw new OrreryError(settingsErrors.SETTINGS_UNKNOWN_FLAG, {
            given: `segment ${JSON.stringify(predicate.value)}`,
          });
        return;
      case "all":
      case "any":
        if (predicate.value.items.length === 0) refuse(`${where}: ${predicate.case} of nothing`);
        for (const item of predicate.value.items) walk(item, depth + 1);
        return;
      case "not":
        return walk(predicate.value, depth + 1);
      default:
        refuse(`${where}: an empty predicate`);
    }
  }
  if (root !== undefined) walk(root, 1);
}

function checkComparison(
  where: string,
  attribute: string,
  comparator: Comparator,
  values: readonly Value[],
): void {
  if (attribute === "" || attribute.length > 100) refuse(`${where}: an attribute of 1..100 characters`);
  if (comparator === Comparator.UNSPECIFIED) refuse(`${where}: ${attribute} is not compared`);
  const most = comparator === Comparator.IN ? MOST.values : 1;
  if (values.length < 1 || values.length > most) refuse(`${where}: ${attribute} wants 1..${most} values`);
  const plains = values.map(plainOf);
  if (plains.includes(undefined)) refuse(`${where}: ${attribute} wants plain values`);
  if (comparator === Comparator.SEMVER && (typeof plains[0] !== "string" || validRange(plains[0]) === null))
    refuse(`${where}: ${JSON.stringify(plains[0])} is no range of versions`);
}
