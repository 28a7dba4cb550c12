import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedTransport, type Transport } from "@orrery/bus";
import { openAwsTransport } from "@orrery/bus-aws";
import { findMinistack, startMinistack, TEST_CREDENTIALS } from "@orrery/bus-aws/testing";
import { openNatsTransport } from "@orrery/bus-nats";
import { findNatsServer, startNatsServer } from "@orrery/bus-nats/testing";
import { connect } from "@nats-io/transport-node";

/** Where a broker is, as a process is told. */
export interface At {
  readonly kind: "embedded" | "nats" | "aws";
  /** Folder, address or endpoint. */
  readonly place: string;
}

export interface Stage {
  readonly at: At;
  /** What a stranger can send to the readers of a world, bytes at most; absent: nobody but us can write there. */
  stranger?(world: string, bytes: Uint8Array): Promise<void>;
  readonly strangerBytes: number;
  close(): Promise<void>;
}

const LEASE_S = 2;

export function openAt({ kind, place }: At): Promise<Transport> | Transport {
  if (kind === "embedded") return openEmbeddedTransport({ dir: place, leaseSeconds: LEASE_S });
  if (kind === "nats") return openNatsTransport({ servers: place, leaseSeconds: LEASE_S });
  return openAwsTransport({
    endpoint: place,
    credentials: TEST_CREDENTIALS,
    leaseSeconds: LEASE_S,
    waitSeconds: 1,
  });
}

/** A broker of this run's own; a text: why there is none here. */
export async function openStage(kind: At["kind"]): Promise<Stage | string> {
  if (kind === "embedded") {
    const place = mkdtempSync(join(tmpdir(), "orrery-giving-up-bus-"));
    const close = async () => rmSync(place, { recursive: true, force: true });
    return { at: { kind, place }, strangerBytes: 0, close };
  }
  if (kind === "nats") {
    if (findNatsServer() === undefined)
      return "no nats-server here: put it in PATH or name it in NATS_SERVER";
    const server = await startNatsServer();
    const nc = await connect({ servers: server.address });
    return {
      at: { kind, place: server.address },
      strangerBytes: nc.info?.max_payload ?? 0,
      async stranger(world, bytes) {
        nc.publish(`orrery.world.${world}.standard.time.stranger`, bytes);
        await nc.flush();
      },
      async close() {
        await nc.close();
        await server.close();
      },
    };
  }
  if (findMinistack() === undefined)
    return "no ministack here: pip install ministack, or name it in MINISTACK";
  const emulator = await startMinistack();
  return { at: { kind, place: emulator.endpoint }, strangerBytes: 0, close: () => emulator.close() };
}
