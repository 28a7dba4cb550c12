import type { Transport } from "@connectrpc/connect";
import type { OrreryError } from "@orrery/wire";
import { toConnectError } from "./errors.ts";

/** In the place of a service that does not run: every call is answered with why. */
export function refusing(why: () => OrreryError): Transport {
  const refuse = async () => {
    throw toConnectError(why());
  };
  return { unary: refuse, stream: refuse };
}
