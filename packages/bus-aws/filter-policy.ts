import type { SubscriptionSpec } from "@orrery/bus";
import { beyond, LIMITS } from "./limits.ts";

type Rule = string | { readonly prefix: string };

/** Attribute that a frame's types travel in, a `String.Array`; an event type is a value of it. */
export const TYPES = "types";
export const WORLD = "world";
/** AWS takes no empty value. */
export const NO_WORLD = "-";

/**
 * What SNS drops before the queue; what it lets through is looked at again by the client. Types that are too many
 * for a policy are asked for by their domain. Undefined: everything is wanted.
 */
export function filterPolicy(spec: SubscriptionSpec): string | undefined {
  const worlds = spec.worlds?.map((world) => world || NO_WORLD);
  const room = Math.floor(LIMITS.filterValues / Math.max(1, worlds?.length ?? 1));
  const types = typeRules(spec.types, room);
  if (types === undefined && worlds === undefined) return undefined;
  const policy = {
    ...(types === undefined ? {} : { [TYPES]: types }),
    ...(worlds === undefined ? {} : { [WORLD]: worlds }),
  };
  const text = JSON.stringify(policy);
  checkFilterPolicy(text);
  return text;
}

function typeRules(types: readonly string[], room: number): Rule[] | undefined {
  if (types.includes("*")) return undefined;
  const rules = types.map((type): Rule => (type.endsWith("*") ? { prefix: type.slice(0, -1) } : type));
  if (rules.length <= room) return rules;
  const domains = new Set(types.map((type) => `${type.slice(0, type.indexOf(".") + 1 || undefined)}`));
  return domains.size <= room ? [...domains].map((prefix) => ({ prefix })) : undefined;
}

const OPERATORS = new Set([
  "prefix",
  "suffix",
  "anything-but",
  "equals-ignore-case",
  "exists",
  "numeric",
  "cidr",
  "wildcard",
]);

/** Holds a policy against AWS's grammar and limits: an emulator takes what AWS refuses. @throws AWS_LIMIT */
export function checkFilterPolicy(text: string): void {
  if (Buffer.byteLength(text) > LIMITS.filterBytes)
    beyond(`a filter policy of ${text.length} bytes, AWS takes ${LIMITS.filterBytes}`);
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    beyond(`a filter policy that is no JSON: ${text.slice(0, 80)}`);
  }
  if (typeof policy !== "object" || policy === null || Array.isArray(policy))
    beyond("a filter policy is an object");
  const keys = Object.entries(policy as object);
  if (keys.length > LIMITS.filterKeys)
    beyond(`a filter policy of ${keys.length} keys, AWS takes ${LIMITS.filterKeys}`);
  let values = 1;
  for (const [key, rules] of keys) {
    if (!Array.isArray(rules) || rules.length === 0)
      beyond(`filter policy, "${key}": AWS takes a list of at least one value`);
    for (const rule of rules as unknown[]) checkRule(key, rule);
    values *= (rules as unknown[]).length;
  }
  if (values > LIMITS.filterValues)
    beyond(`a filter policy of ${values} combinations, AWS takes ${LIMITS.filterValues}`);
}

function checkRule(key: string, rule: unknown): void {
  if (rule === null || ["string", "number", "boolean"].includes(typeof rule)) return;
  const names = typeof rule === "object" ? Object.keys(rule as object) : [];
  if (names.length !== 1 || !OPERATORS.has(names[0] as string)) {
    beyond(`filter policy, "${key}": ${JSON.stringify(rule)} is no value and no operator that AWS knows`);
  }
}
