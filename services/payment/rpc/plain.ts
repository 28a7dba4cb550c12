import { type RpcBinding, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";

/** Of notes that people write and that events carry. */
const TEXT_MOST = 500;
const TEXTS = ["memo", "reason", "subject"] as const;

/** @throws RPC_FIELD_INVALID where a text cannot be kept: databases know no NUL */
function check(request: object): void {
  const refuse = (given: string) => new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given });
  if (JSON.stringify(request).includes("\\u0000")) throw refuse("a text holds the character NUL");
  for (const name of TEXTS) {
    const text: unknown = (request as Record<string, unknown>)[name];
    if (typeof text === "string" && text.length > TEXT_MOST)
      throw refuse(`${name} of ${text.length} characters, at most ${TEXT_MOST}`);
  }
}

/** The same calls, for requests whose texts can be kept. */
export const plainly = ({ service, handlers }: RpcBinding): RpcBinding => ({
  service,
  handlers: Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [
      name,
      (request: object, call: Parameters<typeof handle>[1]) => {
        check(request);
        return handle(request, call);
      },
    ]),
  ),
});
