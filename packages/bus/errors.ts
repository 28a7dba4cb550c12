import { defineErrors } from "@orrery/wire";

export const busErrors = defineErrors({
  BUS_TOPIC_MISSING: {
    status: "failed_precondition",
    summary: "No topic carries this service's lane",
    todo: "Let the producing service call ensure() with it before it publishes; on AWS deploy its stack first.",
  },
  BUS_SUBSCRIPTION_MISSING: {
    status: "not_found",
    summary: "The transport knows no such subscription",
    todo: "Let its service call ensure() with it first, or correct its id (`orrery bus ls` lists them).",
  },
  BUS_SUBSCRIPTION_CONFLICT: {
    status: "failed_precondition",
    summary: "The subscription exists with another order",
    todo: "Give it a new id, or forget the old one after it has drained.",
  },
  BUS_SUBSCRIPTION_IN_USE: {
    status: "unavailable",
    summary: "Somebody still reads this subscription",
    todo: "Stop the process that does, and take it away when its lease has run out.",
    retryable: true,
  },
  BUS_FEATURE_MISSING: {
    status: "unimplemented",
    summary: "The transport cannot do this",
    todo: "Leave the option out, or choose a transport whose features have it.",
  },
  BUS_FRAME_TOO_LARGE: {
    status: "resource_exhausted",
    summary: "The frame is larger than the transport carries",
    todo: "Make frames no larger than features.maxFrameBytes.",
  },
  BUS_EVENT_TOO_LARGE: {
    status: "resource_exhausted",
    summary: "The event is larger than the transport carries",
    todo: "Split it, or keep the bulk elsewhere and publish a reference.",
  },
  BUS_NO_KEYS: {
    status: "failed_precondition",
    summary: "The event has personal fields and this bus has no keys to seal them with",
    todo: "Publish through a service's kit, whose bus has them",
  },
  BUS_NOT_AN_EVENT: {
    status: "invalid_argument",
    summary: "The message is no event",
    todo: "Give it the option (orrery.event) in its .proto, or use RPC.",
  },
  BUS_BAD_OPTION: {
    status: "invalid_argument",
    summary: "An option of the bus is out of its range",
    todo: "Correct it; the message says the range.",
  },
  BUS_CLOSED: {
    status: "unavailable",
    summary: "The bus is closed or draining",
    todo: "Nothing can be sent or subscribed any more in this process.",
  },
  BUS_LEASE_LOST: {
    status: "aborted",
    summary: "The lease has passed to another member",
    todo: "Stop the work on this event; it is delivered again elsewhere.",
    retryable: false,
  },
  BUS_THROTTLED: {
    status: "unavailable",
    summary: "The transport takes no more at the moment",
    todo: "Send again later.",
    retryable: true,
  },
  BUS_OUTCOME_UNKNOWN: {
    status: "deadline_exceeded",
    summary: "No answer came: the frames may or may not be kept",
    todo: "Send them again; readers drop doubles by sequence.",
    retryable: true,
  },
  BUS_DEAD_LETTER_UNKNOWN: {
    status: "not_found",
    summary: "The subscription has no such dead letter",
    todo: "List them again: it may have been redriven or discarded meanwhile.",
  },
  BUS_DISK_FULL: {
    status: "unavailable",
    summary: "The log could not be written: no space left",
    todo: "Free space on the data folder's disk; publishing goes on by itself, nothing acknowledged is lost.",
    retryable: true,
  },
  BUS_WRITE_FAILED: {
    status: "unavailable",
    summary: "The log could not be written",
    todo: "Look at the disk and its permissions; the frames were not acknowledged and may be sent again.",
    retryable: true,
  },
  BUS_FOLDER_UNWRITABLE: {
    status: "failed_precondition",
    summary: "The data folder cannot be written",
    todo: "Create it, give this user write permission, or choose another folder.",
  },
  BUS_FOLDER_TAKEN: {
    status: "failed_precondition",
    summary: "Another process owns the data folder",
    todo: "Stop it first, or choose another folder.",
  },
  BUS_SEGMENT_DAMAGED: {
    status: "data_loss",
    summary: "A part of the log cannot be read and was skipped",
    todo: "Look at the disk; publishers that still have the frames may send them again.",
  },
});
