import { type Fault, lacking } from "./fault.ts";
import { underLoad } from "./load.ts";
import type { Network } from "../broker.ts";
import type { Scene } from "../scene.ts";

const EVENTS = 2_000;
const PAUSE_MS = 250;
/** A kibibyte or so into what a client says next: in the middle of a frame. */
const RESET_WITHIN_BYTES = 3_000;

/** Everything a network does, one after the other, while events flow. */
async function misbehave(scene: Scene, network: Network): Promise<void> {
  const { clock, random } = scene;
  const pause = () => clock.sleep(PAUSE_MS);
  const forAWhile = (name: string, ms: number, begin: () => void) =>
    scene.strike(name, async () => {
      begin();
      await clock.sleep(ms);
      network.resume();
    });
  await pause();
  await scene.strike("cut", async () => network.cut());
  await pause();
  await forAWhile("half-open", 1_200, () => network.stall());
  await pause();
  await forAWhile("slow", 1_500, () => network.slow(100, 50));
  for (let i = 0; i < 3; i++) {
    await scene.strike("reset at a byte", async () =>
      network.resetAfter(Math.floor(random() * RESET_WITHIN_BYTES)),
    );
    await pause();
  }
  network.resetAfter(Infinity);
}

export const badNetwork: Fault = {
  id: "F5",
  title: "connections cut, half-open, slow and reset in the middle of a message",
  lacks: lacking("network", "harm its network"),
  async run(scene) {
    const network = scene.broker.network as Network;
    return underLoad(scene, {
      events: EVENTS,
      overMs: 5_000,
      connect: network.connect,
      strike: () => misbehave(scene, network),
    });
  },
};
