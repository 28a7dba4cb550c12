const KEY = "orrery-admin-key";

/**
 * The secret that makes this browser an admin's, handed over once in the address (`#key=…`), as the start
 * printed it; kept for the tab alone, and taken out of the address bar.
 */
export function adminKey(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given !== null) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(KEY) ?? "";
}
