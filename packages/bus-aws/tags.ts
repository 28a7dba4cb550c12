import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { SubscriptionSpec } from "@orrery/bus";
import { beyond, LIMITS } from "./limits.ts";

/** A queue's tags say which subscription it belongs to: whoever looks later finds it without another store. */
const SPEC = "orrery:spec";
/** Which deployment a queue or topic belongs to. */
export const PREFIX = "orrery:prefix";
/** When an ephemeral subscription's process was last seen alive, Unix ms. */
export const SEEN = "orrery:seen";
/** A domain that was published to a topic, and since when. */
const DOMAIN = "orrery:domain:";
/** Room for the operator's own. */
const OWN_TAGS = 10;

export type Tags = Readonly<Record<string, string>>;

/** @throws AWS_LIMIT */
export function specTags(spec: SubscriptionSpec): Record<string, string> {
  const text = deflateRawSync(JSON.stringify(spec)).toString("base64url");
  const tags: Record<string, string> = {};
  for (let at = 0, n = 0; at < text.length; at += LIMITS.tagValue, n++) {
    tags[`${SPEC}:${n}`] = text.slice(at, at + LIMITS.tagValue);
  }
  const most = LIMITS.tags - OWN_TAGS;
  if (Object.keys(tags).length > most) {
    beyond(
      `subscription ${spec.id}: its types and worlds need more than ${most} tags, AWS takes ${LIMITS.tags}`,
    );
  }
  return tags;
}

/** Undefined when the queue is none of ours. */
export function specOf(tags: Tags): SubscriptionSpec | undefined {
  let text = "";
  for (let n = 0; tags[`${SPEC}:${n}`] !== undefined; n++) text += tags[`${SPEC}:${n}`];
  if (text === "") return undefined;
  return JSON.parse(inflateRawSync(Buffer.from(text, "base64url")).toString()) as SubscriptionSpec;
}

/** Tags that a shorter spec no longer has. */
export const staleSpecTags = (before: Tags, now: Tags): string[] =>
  Object.keys(before).filter((key) => key.startsWith(`${SPEC}:`) && now[key] === undefined);

export const domainTag = (domain: string) => `${DOMAIN}${domain}`;

/** Domains that were published to a topic with these tags. */
export const domainsOf = (tags: Tags): string[] =>
  Object.keys(tags)
    .filter((key) => key.startsWith(DOMAIN))
    .map((key) => key.slice(DOMAIN.length));
