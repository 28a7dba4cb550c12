import { lookup as resolveName } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";

/** Not reachable from the public internet: RFC 6890 and what it lists for IPv6. */
const NOT_PUBLIC: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 128],
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
];

function blockList(): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of NOT_PUBLIC) list.addSubnet(net, prefix, net.includes(":") ? "ipv6" : "ipv4");
  return list;
}

export interface AddressGuard {
  /** @throws BUS_URL_REFUSED for what is no http(s) URL, carries a password, or names a private address */
  check(url: string): URL;
  /** Looks a name up and refuses private answers, at each connection: a name may change its mind. */
  readonly lookup: LookupFunction;
}

export function createAddressGuard(allowPrivate: boolean): AddressGuard {
  const blocked = blockList();
  const isBlocked = (address: string) => {
    if (allowPrivate) return false;
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
    const plain = mapped ?? address;
    return blocked.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
  };
  const refused = (given: string) => new OrreryError(journalErrors.BUS_URL_REFUSED, { given });
  return {
    check(text) {
      let url: URL;
      try {
        url = new URL(text);
      } catch {
        throw refused(`${text}: not a URL`);
      }
      if (url.protocol !== "https:" && url.protocol !== "http:") throw refused(`${text}: not http or https`);
      if (url.protocol === "http:" && !allowPrivate) throw refused(`${text}: without TLS`);
      if (url.username !== "" || url.password !== "") throw refused("a URL with a user name or password");
      const host = url.hostname.replace(/^\[|\]$/g, "");
      if (isIP(host) !== 0 && isBlocked(host)) throw refused(`${text}: a private address`);
      return url;
    },
    lookup(name, options, done) {
      resolveName(name, { ...options, all: true }, (error, addresses) => {
        if (error !== null) return done(error, "", 0);
        const open = addresses.filter(({ address }) => !isBlocked(address));
        const [first] = open;
        if (first === undefined) return done(refused(`${name}: a private address`), "", 0);
        if (options.all === true) done(null, open);
        else done(null, first.address, first.family);
      });
    },
  };
}
