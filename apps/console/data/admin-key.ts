const KEY = "orrery-admin-key";
const CHANNEL = "orrery-admin-key";
/** Another tab that has the key answers within a moment; the page is not kept waiting for one that is busy. */
const ASK_MS = 150;
/** Until then its answer still counts. */
const LATE_MS = 15_000;

/**
 * The secret that makes this browser an admin's, handed over once in the address (`#key=…`), as the start printed it,
 * and taken out of the address bar. Tabs keep it for themselves and give it to tabs of this page that are opened while
 * they are there; none is kept when the last is closed.
 */
export async function adminKey(): Promise<string> {
  takeFromAddress();
  const channel = new BroadcastChannel(CHANNEL);
  const held = sessionStorage.getItem(KEY) ?? (await askOthers(channel));
  if (held !== "") sessionStorage.setItem(KEY, held);
  const lateMs = performance.now() + LATE_MS;
  channel.onmessage = ({ data }) => {
    const own = sessionStorage.getItem(KEY);
    if (data === "who has it?" && own !== null) channel.postMessage({ key: own });
    if (typeof data?.key !== "string" || own !== null || performance.now() > lateMs) return;
    sessionStorage.setItem(KEY, data.key);
    location.reload();
  };
  // A key that is pasted over an open page counts from then on.
  addEventListener("hashchange", () => takeFromAddress() && location.reload());
  return held;
}

/** A key that this Orrery does not know is not tried again. */
export function forgetKey(): void {
  sessionStorage.removeItem(KEY);
}

function takeFromAddress(): boolean {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given === null) return false;
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, "", location.pathname + location.search);
  return true;
}

function askOthers(channel: BroadcastChannel): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(""), ASK_MS);
    channel.onmessage = ({ data }) => {
      const key: unknown = data?.key;
      if (typeof key !== "string") return;
      clearTimeout(timer);
      resolve(key);
    };
    channel.postMessage("who has it?");
  });
}
