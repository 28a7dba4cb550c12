import type { Bus, Clock, Trouble } from "@orrery/bus";
import type { Health } from "./health.ts";

/** What passes by itself within this time is no news, ms. */
const PASSING_MS = 3_000;
/** Of many troubles, so many are told in full. */
const TOLD = 3;

type Kind = Trouble["kind"];

const CHECKS: readonly {
  readonly name: string;
  readonly kind: "progress" | "notice";
  readonly of: readonly Kind[];
}[] = [
  // Nothing advances: what is leased stays leased, or nothing can be fetched.
  { name: "deliveries", kind: "progress", of: ["outcome", "intake", "broker"] },
  // One event, or what is gone for good: the others go on.
  { name: "events", kind: "notice", of: ["event"] },
  { name: "losses", kind: "notice", of: ["loss"] },
];

/** What keeps a service's subscriptions from their work becomes part of its health, with the reason. */
export function addFabricChecks(health: Health, bus: Bus, clock: Clock, service: string): void {
  for (const { name, kind, of } of CHECKS) {
    health.add({
      name,
      kind,
      ask() {
        const since = clock.now() - PASSING_MS;
        const troubles = bus
          .troubles(service)
          .filter((trouble) => of.includes(trouble.kind) && (kind === "notice" || trouble.sinceMs < since));
        return said(troubles);
      },
    });
  }
}

function said(troubles: readonly Trouble[]): string | undefined {
  if (troubles.length === 0) return undefined;
  const told = troubles
    .slice(0, TOLD)
    .map(({ subscription, what }) => (subscription === "" ? what : `${subscription}: ${what}`));
  const more = troubles.length - told.length;
  return told.join("; ") + (more > 0 ? `; and ${more} more` : "");
}
