import { OrreryError } from "@orrery/wire";
import { messageOf } from "./connection.ts";
import { busNatsErrors } from "./errors.ts";

/** What the client library throws while a server or a stream's leader is away becomes a coded error, to be tried again. */
export async function coded<T>(servers: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof OrreryError) throw cause;
    throw new OrreryError(busNatsErrors.NATS_UNAVAILABLE, {
      given: `${servers}: ${messageOf(cause)}`,
      cause,
    });
  }
}
