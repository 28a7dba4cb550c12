import { codecs } from "@orrery/schema/registry";
import type { Retention } from "@orrery/wire";

const FORMS = "forever, days:7, game_days:7 or latest:3";
/** Beyond this a number of days is a slip; who means it says `forever`. */
const MOST = 1_000_000;

/**
 * What an operator says of single types: `time.v1.TimeUpdated=game_days:2,bus.v1.IntakeCommitted=forever`.
 * @throws RangeError with a sentence, also for a type that nothing here says: it would hold for nothing
 */
export function readRetention(text: string): ReadonlyMap<string, Retention> {
  const rules = new Map<string, Retention>();
  for (const part of text.split(",").map((one) => one.trim())) {
    if (part === "") continue;
    const [type = "", form = "", ...more] = part.split("=").map((one) => one.trim());
    if (more.length > 0 || form === "") throw new RangeError(`"${part}" is not <type>=<${FORMS}>`);
    if (codecs.get(type)?.event === undefined)
      throw new RangeError(`there is no event ${type}; \`orrery schema list\` has them`);
    if (rules.has(type)) throw new RangeError(`${type} stands twice`);
    rules.set(type, retentionFrom(type, form));
  }
  return rules;
}

function retentionFrom(type: string, form: string): Retention {
  if (form === "forever") return { kind: "forever" };
  const [, kind, digits] = /^(days|game_days|latest):(\d+)$/.exec(form) ?? [];
  const count = Number(digits);
  if (kind === undefined || count < 1 || count > MOST)
    throw new RangeError(`${type}=${form}: give ${FORMS}, from 1 to ${MOST}`);
  if (kind === "latest") return { kind, count };
  if (kind === "days") return { kind, days: count };
  if (codecs.get(type)?.schema.fields.every(({ name }) => name !== "at_gs") === true)
    throw new RangeError(`${type}=${form}: it has no field at_gs, so it counts real days only`);
  return { kind: "game_days", days: count };
}
