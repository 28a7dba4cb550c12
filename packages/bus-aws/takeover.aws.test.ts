import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createBus } from "@orrery/bus";
import { createFrameWriter } from "@orrery/wire";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openAwsTransport } from "./mod.ts";
import { type Emulator, startMinistack, TEST_CREDENTIALS } from "./testing/mod.ts";

const MEMBER = fileURLToPath(new URL("./testing/member.ts", import.meta.url));
const TYPE = "probe.v1.Sampled";
const ID = "probe/taken";

let server: Emulator;
let children: ChildProcess[] = [];

beforeEach(async () => {
  server = await startMinistack();
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  children = [];
  await server.close();
});

/** A member in another process; `begun` fills with the events it has begun. */
async function member(order: string, begun: (number | string)[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MEMBER, server.endpoint, ID, order, TYPE, "stick"]);
  children.push(child);
  child.stdout.on("data", (text: Buffer) => {
    for (const line of text.toString().trim().split("\n")) begun.push(line === "ready" ? line : Number(line));
  });
  await expect.poll(() => begun.includes("ready"), { timeout: 15_000 }).toBe(true);
  return child;
}

function frame(sequence: number): Uint8Array {
  const writer = createFrameWriter({
    publisher: "writer",
    source: "probe",
    world: "probe",
    lane: "realtime",
    fingerprint: "c0f0000000000000",
    firstSequence: sequence,
  });
  writer.appendRaw(TYPE, Buffer.from("x"), { key: "one", timeMs: 1_000 });
  return writer.finish();
}

for (const order of ["none", "key"] as const) {
  for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
    test(`a member that gets ${signal} in a handler loses its work to another, order ${order}`, async () => {
      const begun: (number | string)[] = [];
      const child = await member(order, begun);
      const transport = await openAwsTransport({
        endpoint: server.endpoint,
        credentials: TEST_CREDENTIALS,
        leaseSeconds: 1,
        waitSeconds: 1,
      });
      const bus = createBus({ transport });
      for (let n = 1; n <= 10; n++) await transport.publish([frame(n)]);
      await expect.poll(() => begun.includes(10), { timeout: 10_000 }).toBe(true);
      child.kill(signal);
      const stoppedMs = performance.now();

      const got: { sequence: number; attempt: number }[] = [];
      await bus.subscribe({
        id: ID,
        order,
        types: [TYPE],
        from: "latest",
        handle: ({ sequence, attempt }) => void got.push({ sequence, attempt }),
      }).ready;
      for (let n = 11; n <= 30; n++) await transport.publish([frame(n)]);
      const wanted = Array.from({ length: 21 }, (_, i) => 10 + i);
      await expect
        .poll(() => wanted.every((n) => got.some(({ sequence }) => sequence === n)), { timeout: 15_000 })
        .toBe(true);
      expect(performance.now() - stoppedMs).toBeLessThan(10_000);
      const stuck = got.filter(({ sequence }) => sequence === 10);
      expect(stuck.length).toBe(1);
      expect(stuck[0]?.attempt).toBeGreaterThan(1);
      if (order === "key") {
        const sequences = got.map(({ sequence }) => sequence);
        expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
      }

      if (signal === "SIGSTOP") {
        child.kill("SIGCONT");
        for (let n = 31; n <= 39; n++) await transport.publish([frame(n)]);
        const handled = () => new Set([...got.map(({ sequence }) => sequence), ...begun]);
        await expect.poll(() => handled().has(39), { timeout: 10_000 }).toBe(true);
        expect(got.filter(({ sequence }) => sequence === 10).length).toBe(1);
      }
      await bus.close();
    });
  }
}
