import { defineErrors } from "./errors.ts";

/** What can be wrong with bytes, or with what is to become bytes. */
export const wireErrors = defineErrors({
  WIRE_TRUNCATED: {
    status: "invalid_argument",
    summary: "The bytes end before the message does",
    todo: "Pass the whole message; if it came over a wire, treat it as damaged.",
  },
  WIRE_MALFORMED: {
    status: "invalid_argument",
    summary: "The bytes are not a message of this type",
    todo: "Check that reader and writer mean the same type; if so, treat the bytes as damaged.",
  },
  WIRE_BAD_UTF8: {
    status: "invalid_argument",
    summary: "A string field holds bytes that are not UTF-8",
    todo: "Correct the writer; use a bytes field for data that is not text.",
  },
  WIRE_TOO_DEEP: {
    status: "invalid_argument",
    summary: "Messages are nested deeper than 100",
    todo: "Flatten the message; bytes from outside that nest this deep are an attack or damaged.",
  },
  WIRE_BAD_VALUE: {
    status: "invalid_argument",
    summary: "A field was given a value that its type cannot hold",
    todo: "Give a value within the range of the field's type in the .proto.",
  },
  WIRE_FRAME_DAMAGED: {
    status: "invalid_argument",
    summary: "The frame is cut, altered or not a frame",
    todo: "Fetch it again from where it came; if it stays so, the copy there is damaged.",
  },
  WIRE_FRAME_VERSION: {
    status: "unimplemented",
    summary: "The frame is of a version that this reader does not know",
    todo: "Upgrade this reader.",
  },
  WIRE_FRAME_CODEC: {
    status: "unimplemented",
    summary: "The frame's content or compression is unknown here",
    todo: "Ask the sender for protobuf content without compression, or run a reader that knows it.",
    retryable: true,
  },
  WIRE_FRAME_TOO_LARGE: {
    status: "resource_exhausted",
    summary: "The frame unpacks to more than is allowed",
    todo: "Raise the reader's limit if the sender is trusted; otherwise refuse the sender.",
  },
  WIRE_FRAME_FULL: {
    status: "resource_exhausted",
    summary: "The frame has no room for this event",
    todo: "Finish the frame and append to a new one.",
  },
  WIRE_EVENT_TOO_LARGE: {
    status: "resource_exhausted",
    summary: "The event is larger than a whole frame may be",
    todo: "Keep the data elsewhere and send its id, or raise maxBytes on both sides.",
  },
  WIRE_FRAME_FINISHED: {
    status: "failed_precondition",
    summary: "The frame writer has already given out its frame",
    todo: "Create a new frame writer.",
  },
  WIRE_BAD_ENVELOPE: {
    status: "invalid_argument",
    summary: "An event's time, sequence, cause or trace parent is not valid",
    todo: "Times are finite ms, sequences whole numbers that grow, up to 2^53-1; a trace parent has the W3C form.",
  },
  WIRE_TYPE_MISMATCH: {
    status: "invalid_argument",
    summary: "The event is of another type than the codec",
    todo: "Pick the codec by the event's type.",
  },
  WIRE_NO_SUBJECT: {
    status: "invalid_argument",
    summary: "A personal field is filled and nothing says whose it is",
    todo: "Fill the field that its (orrery.personal) option names.",
  },
  WIRE_BAD_TEMPLATE: {
    status: "invalid_argument",
    summary: "An event's `says` is not a valid ICU message over its fields",
    todo: "Correct the option in the .proto.",
  },
});
