// The monitor in a process that is killed: what it says goes to a file, calls come over its parent's channel.
//   node bench/engine/killed.ts <folder> <settings as JSON>
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { openFrame } from "@orrery/wire";
import { UpgradeAdvanced } from "@orrery/schema/engine/v1";
import { startMonitor } from "./start.ts";

const [folder = "", settings = "{}"] = process.argv.slice(2);
const heard = (frames: readonly Uint8Array[]) => {
  for (const bytes of frames) {
    const frame = openFrame(bytes);
    for (const event of frame.events()) {
      if (event.type !== UpgradeAdvanced.typeName) continue;
      const { upgradeId, state, attempt } = UpgradeAdvanced.decode(event.payload);
      // One line is one event: what is sent again has the same name.
      const line = JSON.stringify([`${frame.publisher} ${event.sequence}`, upgradeId, attempt, state]);
      appendFileSync(join(folder, "journal"), `${line}\n`);
    }
  }
};
const { admin } = await startMonitor(folder, JSON.parse(settings) as Record<string, string>, heard);
process.on("disconnect", () => process.exit(0));
process.on("message", ({ id, method, request }: { id: number; method: string; request: object }) => {
  const call = (admin as never)[method] as (request: object) => Promise<object>;
  call(request).then(
    (answer) => process.send?.({ id, answer }),
    (error: unknown) => process.send?.({ id, said: String(error) }),
  );
});
process.send?.("ready");
