import { ConnectError, type Interceptor } from "@connectrpc/connect";

/**
 * A kept connection may have been closed by the other side while nothing went over it: what could not be written was not
 * taken in, and goes over a new one.
 */
export const onAnotherConnection: Interceptor = (next) => async (request) => {
  try {
    return await next(request);
  } catch (error) {
    if (request.stream || !wasUnwritten(error)) throw error;
    return next(request);
  }
};

export const wasUnwritten = (error: unknown): boolean =>
  error instanceof ConnectError && (error.cause as NodeJS.ErrnoException | undefined)?.code === "EPIPE";
