import {
  type Context,
  context,
  createContextKey,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";

/** Id that the next span in this context must have; read by the id generator of `telemetry-export.ts`. */
export const SPAN_ID = createContextKey("orrery span id");
const FORM = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** `traceparent` of the span that runs here; undefined without one, or when nothing is traced. */
export function activeTraceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, "0")}`;
}

/** Runs a command in a span: below the call that made it, or as the root of a trace where a driver did. */
export function commandSpan<T>(
  service: string,
  world: string,
  method: string,
  caller: string,
  run: () => Promise<T>,
): Promise<T> {
  const attributes = { "orrery.world": world, "orrery.caller": caller };
  const about = { kind: SpanKind.INTERNAL, attributes };
  return trace.getTracer(service).startActiveSpan(`command ${method}`, about, async (span) => {
    try {
      return await run();
    } catch (error) {
      failed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

function failed(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** Of an event that is being handled, what its span says. */
export interface Handled {
  readonly type: string;
  readonly key: string;
  readonly publisher: string;
  readonly sequence: number;
  readonly source: string;
  readonly timeMs: number;
  readonly traceparent?: string | undefined;
}

/**
 * Runs the handling of an event in a span below the one that published it. Without a trace on the event it is
 * run as it is.
 * @param own what the handling calls itself in that trace: events that it emits name it as their parent
 * @param nowMs Unix ms, to tell how long the event was on its way
 */
export function handlingSpan<T>(
  service: string,
  world: string,
  event: Handled,
  own: string | undefined,
  nowMs: number,
  run: () => T,
): T {
  const spanId = own === undefined ? undefined : FORM.exec(own)?.[2];
  const parent = spanId === undefined ? undefined : parentOf(event.traceparent ?? "");
  if (parent === undefined) return run();
  const attributes = {
    "messaging.system": "orrery",
    "messaging.operation.type": "process",
    "messaging.destination.name": event.type,
    "messaging.message.id": `${event.publisher}/${event.sequence}`,
    "orrery.world": world,
    "orrery.key": event.key,
    "orrery.source": event.source,
    "orrery.waited_ms": Math.max(0, nowMs - event.timeMs),
  };
  const tracer = trace.getTracer(service);
  const around = parent.setValue(SPAN_ID, spanId);
  // The id generator is not told the parent: it looks at the context that is active.
  const span = context.with(around, () =>
    tracer.startSpan(`handle ${event.type}`, { kind: SpanKind.CONSUMER, attributes }, around),
  );
  try {
    return context.with(trace.setSpan(parent, span), run);
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

function parentOf(traceparent: string): Context | undefined {
  const [, traceId, spanId, flags] = FORM.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, span);
}

/** Where the caller's span is named in a call's headers. */
export function callerContext(headers: Headers): Context {
  if (!headers.has("traceparent")) return context.active();
  return propagation.extract(context.active(), headers, {
    get: (from, name) => from.get(name) ?? undefined,
    keys: (from) => [...from.keys()],
  });
}

/** Names the span that runs here in a call's headers. */
export function nameCaller(headers: Headers): void {
  propagation.inject(context.active(), headers, { set: (to, name, value) => to.set(name, value) });
}
