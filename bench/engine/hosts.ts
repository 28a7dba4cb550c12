// Hosts that versions are read from, in a process of their own so that their work is not counted: answers each source by an
// ETag, and knows how many requests a host had at once.
//   node bench/engine/hosts.ts <hosts> <tags a source>
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const [hosts = "20", tags = "40"] = process.argv.slice(2);
const body = JSON.stringify(
  Array.from({ length: Number(tags) }, (_, at) => ({
    name: `5.${at}.0-release`,
    commit: { sha: at.toString(16).padStart(40, "0") },
  })),
);
const etag = '"tags"';
const counts = { asked: 0, unchanged: 0, most: 0 };
const ports: number[] = [];
for (let at = 0; at < Number(hosts); at++) {
  let open = 0;
  const server = createServer((request, response) => {
    open += 1;
    counts.asked += 1;
    counts.most = Math.max(counts.most, open);
    response.once("close", () => (open -= 1));
    const isKnown = request.headers["if-none-match"] === etag;
    if (isKnown) counts.unchanged += 1;
    // As long as somebody takes who is not on this machine.
    setTimeout(() => response.writeHead(isKnown ? 304 : 200, { etag }).end(isKnown ? "" : body), 5);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ports.push((server.address() as AddressInfo).port);
}
process.on("message", () => process.send?.(counts));
process.on("disconnect", () => process.exit(0));
process.send?.(ports);
