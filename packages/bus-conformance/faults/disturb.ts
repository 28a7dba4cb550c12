import type { Disturbed } from "../broker.ts";
import type { Scene } from "../scene.ts";
import { demand } from "../verdict.ts";

/** Has every call to the broker at risk for so long. */
export function disturb(scene: Scene, what: Parameters<Disturbed["set"]>[0], ms: number): Promise<void> {
  const { disturbed } = scene.broker;
  return scene.strike(what, async () => {
    const before = disturbed?.struck() ?? 0;
    disturbed?.set(what);
    await scene.clock.sleep(ms);
    disturbed?.set("nothing");
    demand(disturbed === undefined || disturbed.struck() > before, `${what}: never struck`);
  });
}
