import { type Caller, callerName } from "@orrery/service";

/** Who changes something, and why. */
export interface Author {
  /** Players by their id. */
  readonly actor: string;
  readonly role: string;
  readonly reason: string;
  readonly originDevice: string;
  /** Seq of the change that this takes back; 0: none. */
  readonly rollbackOf: number;
}

export const authorOf = (
  caller: Caller,
  about: Partial<Pick<Author, "reason" | "originDevice" | "rollbackOf">> = {},
): Author => ({
  actor: caller.role === "player" ? caller.id : callerName(caller),
  role: caller.role,
  reason: "",
  originDevice: "",
  rollbackOf: 0,
  ...about,
});
