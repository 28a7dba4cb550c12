// settings in a process that is killed; takes requests over its parent's channel and answers them.
//   node bench/settings/killed-service.ts <data folder>
import { openScene } from "./scene.ts";

const scene = await openScene(process.argv[2] as string);
process.on("disconnect", () => process.exit(0));
process.on("message", (asked: { id: number; key: string; player: string; value: number }) => {
  const value = { kind: { case: "intValue", value: asked.value } as const };
  const place = { key: "audio.music_volume" };
  scene.settings.set({ playerId: asked.player, place, value, idempotencyKey: asked.key }).then(
    ({ stored }) => process.send?.({ id: asked.id, revision: stored?.revision }),
    () => process.send?.({ id: asked.id }),
  );
});
process.send?.("ready");
