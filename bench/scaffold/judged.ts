import { defineService } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { checkNewService, placeForNew } from "@orrery/cli/run/scaffold/new-service.ts";
import { takeIn } from "@orrery/cli/run/services.ts";
import type { Wanted } from "@orrery/cli/run/scaffold/wanted.ts";

/** What becomes of a name before anything is written. */
export type Judged =
  | { readonly id: string; readonly domain: string }
  | { readonly id: string; readonly refusal: string };

const here = placeForNew();
/** Codes that say whose fault it is: the id's, or only the domain's, and then another domain helps. */
const CODES = /^(SERVICE_ID_INVALID|SERVICE_ID_CLASH|CLI_NAME_TAKEN|CLI_DOMAIN_REFUSED): /;
const SHOWN = 60;

/** @returns what is wrong with the verdict itself; undefined: it is taken, or refused as it should be */
export function judge(
  id: string,
  asked: string | undefined,
  spare: string,
): { judged: Judged; wrong?: string } {
  const first = refusalOf(() => checkNewService(id, asked, here));
  if (first === undefined) return { judged: { id, domain: checkNewService(id, asked, here) } };
  const wrong = unexplained(id, asked, first);
  if (wrong !== undefined) return { judged: { id, refusal: first }, wrong };
  // With a domain of its own it is taken, unless it is the id that cannot be.
  const second = refusalOf(() => checkNewService(id, spare, here));
  if (second === undefined) return { judged: { id, domain: spare } };
  const atStart = refusalOf(() => takeIn(id, defineService({ id, summary: "Is tried." }), here));
  const isThere = here.services.includes(id);
  return {
    judged: { id, refusal: second },
    ...((atStart === undefined) !== isThere && {
      wrong: `${JSON.stringify(id)} is refused (${second}), and a start would ${atStart === undefined ? "take it" : "not"}`,
    }),
  };
}

/** A refusal has a code, names what was given, and says why. */
function unexplained(id: string, asked: string | undefined, refusal: string): string | undefined {
  const named = [id, asked ?? id.split("-", 1)[0] ?? ""].some((name) => {
    const shown = JSON.stringify(name.length > SHOWN ? name.slice(0, SHOWN) : name).slice(1, -1);
    return refusal.includes(shown) || refusal.includes(name);
  });
  return CODES.test(refusal) && named
    ? undefined
    : `${JSON.stringify(id)} is refused without a reason: ${refusal}`;
}

function refusalOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof OrreryError ? error.message : `no coded error: ${String(error)}`;
  }
}

/** Names that may stand beside each other, in as few groups as they fill: what one service is called may be another's beginning. */
export function besideEachOther(
  names: readonly { readonly id: string; readonly domain: string }[],
  most: number,
): Wanted[][] {
  const groups: { services: Wanted[]; place: typeof here }[] = [];
  for (const [at, { id, domain }] of names.entries()) {
    const fits = ({ services, place }: (typeof groups)[number]) =>
      services.length < most && refusalOf(() => checkNewService(id, domain, place)) === undefined;
    let group = groups.find(fits);
    if (group === undefined) groups.push((group = { services: [], place: here }));
    const of = at % 4 === 3 ? "platform" : "world";
    group.services.push({ id, domain, of, rpc: at % 2 === 0, snapshot: of === "world" && at % 3 === 0 });
    const { place } = group;
    group.place = { ...place, services: [...place.services, id], domains: [...place.domains, domain] };
  }
  return groups.map(({ services }) => services);
}
