import { openFrame } from "@orrery/wire";
import { describeFrame, releasedFrames } from "@orrery/wire/golden";
import { type Evolved, evolvedCodec, type Release, writeEvolved } from "../evolving.ts";
import { rawMember } from "../raw-member.ts";
import { type Scene, SOURCE, WORLD } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const RELEASES: readonly Release[] = ["N-1", "N", "N+1"];
const TYPE = "conformance.v1.Evolved";
const EACH = 100;
const ID = "conformance/evolving";

/** What a producer of a release says; later releases say more. */
function said(release: Release, writer: number, n: number): Evolved {
  return {
    writer,
    name: `name ${n}`,
    ...(release === "N-1" ? {} : { value: n / 3 }),
    ...(release === "N+1" ? { kind: 40 + (n % 60) } : {}),
  };
}

/** What a consumer of a release must read of it. */
function understood(by: Release, given: Evolved): string {
  const { writer, name, value, kind } = given;
  const tellsValue = by !== "N-1" && value !== undefined;
  return JSON.stringify([writer, name, tellsValue ? value : null, by === "N+1" ? (kind ?? null) : null]);
}

/** Each of three producers with each of three consumers. */
async function matrix(scene: Scene): Promise<number> {
  const each = Math.max(20, scene.load(EACH));
  const consumers = RELEASES.map((release) => ({ release, read: 0, wrong: [] as string[] }));
  for (const consumer of consumers) {
    const codec = evolvedCodec(consumer.release);
    const bus = await scene.bus();
    await bus.subscribe({
      id: `${ID}-${consumer.release.replace("+", "-plus-")}`,
      types: [TYPE],
      order: "none",
      handle(event) {
        const read = event.decode(codec);
        const release = RELEASES[read.writer] as Release;
        const given = said(release, read.writer, Number(read.name.slice(5)));
        consumer.read++;
        if (understood(consumer.release, read) !== understood(consumer.release, given))
          consumer.wrong.push(`${release} read by ${consumer.release}: ${JSON.stringify(read)}`);
        // Passed on, nothing is missing: not what this release has no name for either.
        if (Buffer.compare(writeEvolved(read), writeEvolved(given)) !== 0)
          consumer.wrong.push(`${consumer.release} lost fields of ${release}`);
      },
    }).ready;
  }
  for (const [writer, release] of RELEASES.entries()) {
    const publisher = (await scene.bus()).publisher({
      source: SOURCE,
      world: WORLD,
      fingerprint: `c0f000000000000${writer}`,
    });
    const codec = evolvedCodec(release);
    for (let n = 0; n < each; n++) await publisher.publish(codec, said(release, writer, n));
    await publisher.flush();
  }
  const total = each * RELEASES.length;
  await scene.until("each release has read each", () => consumers.every(({ read }) => read >= total));
  for (const { wrong } of consumers) demand(wrong.length === 0, wrong[0] ?? "");
  return total * consumers.length;
}

/** Frames of released versions go through the broker and still say what they said. */
async function goldens(scene: Scene): Promise<number> {
  const id = `${ID}-goldens`;
  const member = await rawMember(scene, id, { types: ["*"] });
  const transport = await scene.connect();
  const released = releasedFrames();
  const missing = new Set(released.map(({ name }) => name));
  for (const { bytes } of released)
    await transport.requeue(id, bytes, { delayMs: 0, attempt: 1, generation: 0 });
  while (missing.size > 0) {
    const [delivery] = await member.take(1, 20_000);
    demand(delivery !== undefined, `never came: ${[...missing].join(", ")}`);
    if (delivery === undefined) break;
    const frame = Buffer.from(delivery.frame);
    const origin = released.find(({ bytes }) => frame.equals(bytes));
    demand(origin !== undefined, "a frame came that no release wrote");
    if (origin === undefined) break;
    const read = JSON.stringify(describeFrame(openFrame(delivery.frame)));
    demand(read === JSON.stringify(origin.says), `${origin.name} does not say what it said`);
    missing.delete(origin.name);
    await delivery.settle();
  }
  await member.close();
  return released.length;
}

export const evolution: Invariant = {
  id: "I16",
  title: "producers and consumers of three releases understand each other; released frames still decode",
  async run(scene) {
    return { read: await matrix(scene), goldens: await goldens(scene) };
  },
};
