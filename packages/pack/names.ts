import type { Parts } from "./parts.ts";

type HouseholdText = Parts["people"]["households"][number];
type MemberText = HouseholdText["members"][number];

/** Letters without their marks, and a hyphen for whatever else is between them. */
const slugOf = (name: string): string =>
  name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/['’]/g, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");

/** `Marta Reed`; of a household without a family name, and of whoever has an id of their own, the name alone. */
export const fullNameOf = ({ id, name }: MemberText, household: HouseholdText): string =>
  id !== undefined || household.name === undefined ? name : `${name} ${household.name}`;

/** `npc:marta-reed`. */
export const personIdOf = (member: MemberText, household: HouseholdText): string =>
  member.id ?? `npc:${slugOf(fullNameOf(member, household))}`;
