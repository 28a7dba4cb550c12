const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Under which names the world answers. A page elsewhere may have its own name lead to this machine; its requests carry
 * that name, and are refused by it.
 */
export interface Names {
  /** Whether a request with this Host header is meant for here. */
  isHost(host: string | undefined): boolean;
  /** Whether a browser's page from there may ask; without an origin it is no page. */
  isOrigin(origin: string | undefined, host: string | undefined): boolean;
}

export function namesOf(hosts: readonly string[], origins: readonly string[]): Names {
  const known = new Set([...LOOPBACK, ...hosts].map((name) => name.toLowerCase()));
  /** Nearly all say the same. */
  let lastKnown: string | undefined;
  return {
    isHost(host = "") {
      if (host === lastKnown) return true;
      const url = `http://${host}`;
      if (host === "" || !URL.canParse(url) || !known.has(new URL(url).hostname)) return false;
      lastKnown = host;
      return true;
    },
    isOrigin(origin, host) {
      if (origin === undefined || origins.includes(origin)) return true;
      return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
    },
  };
}
