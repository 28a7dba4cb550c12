// The state-manager in a process that is killed; takes requests over its parent's channel and answers them.
//   node bench/state/killed-service.ts <data folder>
import { openScene } from "./scene.ts";
import { increment } from "./requests.ts";

const scene = await openScene("sqlite", process.argv[2] as string);
process.on("disconnect", () => process.exit(0));
process.on("message", (asked: { readonly id: number; readonly key: string; readonly object: string }) => {
  const operations = [increment("world", "", asked.object)];
  scene.state.write({ worldId: "w", idempotencyKey: asked.key, operations }).then(
    ({ written, seqs }) => process.send?.({ id: asked.id, version: written[0]?.version, seq: seqs[0]?.seq }),
    () => process.send?.({ id: asked.id }),
  );
});
process.send?.("ready");
