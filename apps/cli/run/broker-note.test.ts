import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryTransport, type Transport } from "@orrery/bus";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Broker } from "./broker.ts";
import { claimBroker, noteBroker } from "./broker-note.ts";

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "orrery-broker-note-"));
});
afterEach(() => rmSync(data, { recursive: true }));

const NATS: Broker = { kind: "nats", servers: "127.0.0.1:4222" };
const EMBEDDED: Broker = { kind: "embedded", servers: "" };

/** A broker that keeps an id, as NATS does. */
function broker(): Transport & { id: string | undefined } {
  const made = {
    ...createMemoryTransport(),
    id: undefined as string | undefined,
    identity: {
      get: async () => made.id,
      async set(id: string) {
        made.id ??= id;
      },
    },
  };
  return made;
}

it("a folder goes on with its broker, and refuses another kind, another server's and an emptied one with a sentence", async () => {
  const own = broker();
  await claimBroker(data, NATS, own, false);
  await claimBroker(data, NATS, own, false);
  await expect(claimBroker(data, EMBEDDED, createMemoryTransport(), false)).rejects.toThrow(
    /CLI_BROKER_OTHER.*events are on nats at 127\.0\.0\.1:4222, prefix orrery; the log in the folder itself \(embedded\) is another broker.*bus move/,
  );
  const another = broker();
  await another.identity?.set("someone else's");
  await expect(claimBroker(data, NATS, another, false)).rejects.toThrow(/has those of another folder/);
  await expect(claimBroker(data, NATS, broker(), false)).rejects.toThrow(/has nothing of them.*--new-broker/);
});

it("a move, and --new-broker, make another broker the folder's", async () => {
  await claimBroker(data, EMBEDDED, createMemoryTransport(), false);
  const next = broker();
  await noteBroker(data, NATS, next);
  await claimBroker(data, NATS, next, false);
  await expect(claimBroker(data, EMBEDDED, createMemoryTransport(), false)).rejects.toThrow(
    /CLI_BROKER_OTHER/,
  );
  const anew = broker();
  await claimBroker(data, NATS, anew, true);
  await claimBroker(data, NATS, anew, false);
  await expect(claimBroker(data, NATS, broker(), false)).rejects.toThrow(/has nothing of them/);
});
