// The payment service in a process that is killed; takes calls over its parent's channel and answers them.
//   node bench/payment/killed-service.ts <data folder> <settings as JSON>
import { errorCodeOf } from "@orrery/service";
import type { Answered, Asked } from "./calls.ts";
import { openScene } from "./scene.ts";

const [folder = "", settings = "{}"] = process.argv.slice(2);
const { clients } = await openScene(folder, JSON.parse(settings) as Record<string, string>);
process.on("disconnect", () => process.exit(0));
process.on("message", ({ id, of, method, request }: Asked) => {
  const body = request["body"];
  const given = typeof body === "string" ? { ...request, body: Buffer.from(body, "base64") } : request;
  const call = (clients[of] as never)[method] as (request: object) => Promise<object>;
  call(given).then(
    (answer) => process.send?.({ id, answer } satisfies Answered),
    (error: unknown) =>
      process.send?.({ id, code: errorCodeOf(error) ?? "NONE", said: String(error) } satisfies Answered),
  );
});
process.send?.("ready");
