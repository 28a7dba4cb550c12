/** Who makes a call, as the edge or the calling service established it. */
export interface Caller {
  readonly role: "player" | "service" | "admin" | "anyone";
  /** Player id, service id or operator name; empty for anyone. */
  readonly id: string;
  readonly scopes: readonly string[];
  /** Worlds that it may ask about; absent: all. */
  readonly worlds?: readonly string[];
}

export const ANYONE: Caller = { role: "anyone", id: "", scopes: [] };

/** Holds the key that the processes of one deployment share. */
export const DEPLOYMENT_HEADER = "orrery-deployment";
const CALLER_HEADER = "orrery-caller";
const SCOPES_HEADER = "orrery-scopes";
const WORLDS_HEADER = "orrery-worlds";
const ROLES: readonly string[] = ["player", "service", "admin"];

/** Headers that carry the caller between processes of one deployment; the edge strips them from outside calls. */
export function callerHeaders(caller: Caller): Record<string, string> {
  return {
    [CALLER_HEADER]: `${caller.role}:${encodeURIComponent(caller.id)}`,
    [SCOPES_HEADER]: caller.scopes.join(" "),
    ...(caller.worlds && { [WORLDS_HEADER]: caller.worlds.map(encodeURIComponent).join(" ") }),
  };
}

export function readCaller(headers: Headers): Caller {
  const [role = "", id = ""] = (headers.get(CALLER_HEADER) ?? "").split(":", 2);
  if (!ROLES.includes(role)) return ANYONE;
  const words = (name: string) =>
    headers
      .get(name)
      ?.split(" ")
      .filter((word) => word !== "");
  const scopes = words(SCOPES_HEADER) ?? [];
  const worlds = words(WORLDS_HEADER)?.map(decodeURIComponent);
  return { role: role as Caller["role"], id: decodeURIComponent(id), scopes, ...(worlds && { worlds }) };
}

/** As stored in records and shown to operators: `admin:ada`. */
export function callerName(caller: Caller): string {
  return caller.role === "service" ? caller.id : `${caller.role}:${caller.id}`;
}
