import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Disk, openEmbeddedTransport, realDisk, systemClock } from "@orrery/bus";
import type { Broker, MakeTransport } from "./broker.ts";

/** A frame of the suite's smallest size holds no more events than this; harm may touch the one beside it. */
const EVENTS_HARMED = 48;
/** Cut off an end: less than a frame. */
const CUT_BYTES = 300;

/** The log on disk, real time and a short lease; each client is what a process would be, with its own slot. */
export function embeddedBroker(parent = tmpdir()): MakeTransport {
  const make = async (): Promise<Broker> => {
    const dir = mkdtempSync(join(parent, "orrery-bus-"));
    const terms = { dir, leaseSeconds: 1, pollMs: 20, segmentBytes: 1 << 20 };
    let isFull = false;
    const disk: Disk = {
      ...realDisk,
      async write(...args) {
        if (isFull) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
        return realDisk.write(...args);
      },
    };
    return {
      connect: async () => openEmbeddedTransport({ ...terms, disk }),
      elsewhere: { module: import.meta.resolve("./elsewhere/embedded.ts"), terms },
      async damage(how, random) {
        harm(longestSegment(dir), how, random);
        return EVENTS_HARMED;
      },
      async fillDisk(full) {
        isFull = full;
      },
      destroy: async () => rmSync(dir, { recursive: true, force: true }),
    };
  };
  return Object.assign(make, { clock: systemClock });
}

interface Segment {
  readonly path: string;
  readonly bytes: Buffer;
  /** Where what was written ends; room that was made beforehand is zeros. */
  readonly end: number;
}

function longestSegment(dir: string): Segment {
  const files = readdirSync(join(dir, "log"), { recursive: true, encoding: "utf8" });
  const segments = files
    .filter((name) => name.endsWith(".seg"))
    .map((name) => {
      const path = join(dir, "log", name);
      const bytes = readFileSync(path);
      return { path, bytes, end: bytes.findLastIndex((byte) => byte !== 0) + 1 };
    });
  const longest = segments.sort((a, b) => b.end - a.end)[0];
  if (longest === undefined || longest.end === 0) throw new Error(`nothing is stored in ${dir}`);
  return longest;
}

function harm({ path, bytes, end }: Segment, how: "bit-flip" | "truncation", random: () => number): void {
  if (how === "truncation") return truncateSync(path, Math.max(0, end - CUT_BYTES));
  const at = Math.floor(end * (0.2 + 0.6 * random()));
  bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(random() * 8));
  writeFileSync(path, bytes);
}
