import { defineErrors } from "@orrery/wire";

export const stateErrors = defineErrors({
  STATE_CONFLICT: {
    status: "aborted",
    summary: "A precondition did not hold; nothing was written",
    todo: "Read the objects named again and decide anew, with a fresh idempotency key",
  },
  STATE_NOT_FOUND: {
    status: "not_found",
    summary: "There is no such object, or it may not be seen by this caller",
    todo: "Check collection, owner and key",
  },
  STATE_FORBIDDEN: {
    status: "permission_denied",
    summary: "This caller may not write the object",
    todo: "Only its owner may, where the object allows it; ask a service to do it",
  },
  STATE_SCHEMA: {
    status: "invalid_argument",
    summary: "The value is not what the collection keeps",
    todo: "Correct the place named; GetCollections has the schema",
  },
  STATE_TOO_LARGE: {
    status: "resource_exhausted",
    summary: "The value, batch or name is larger than allowed",
    todo: "Split it over several objects; GetCollections has the limits",
  },
  STATE_TOO_DEEP: {
    status: "invalid_argument",
    summary: "The value is nested deeper than 32 levels",
    todo: "Flatten it, or split it over several objects",
  },
  STATE_PATCH: {
    status: "invalid_argument",
    summary: "A step of the patch cannot be done",
    todo: "The step's number and what it met stand in the message; nothing was written",
  },
  STATE_RANGE: {
    status: "out_of_range",
    summary: "The number would leave its range",
    todo: "The present value and the limits stand in the message; nothing was written",
  },
  STATE_QUOTA: {
    status: "resource_exhausted",
    summary: "The owner's quota is used up",
    todo: "Delete objects that are no longer needed; GetQuota shows where the space goes",
  },
  STATE_INVENTORY_FULL: {
    status: "resource_exhausted",
    summary: "The inventory has no room for the items",
    todo: "Make room, or let the grant wait with may_wait",
  },
  STATE_INVENTORY_SHORT: {
    status: "failed_precondition",
    summary: "The owner does not hold that many of the item",
    todo: "List the inventory; nothing was taken",
  },
  STATE_GRANT_REUSED: {
    status: "failed_precondition",
    summary: "The grant key was used for other items or another owner",
    todo: "Derive the key from what is granted for, and never use it for anything else",
  },
  STATE_SLOT_MOVED: {
    status: "aborted",
    summary: "The slot's revision is not the one expected",
    todo: "List the slots again and decide anew",
  },
  STATE_SLOT_UNKNOWN: {
    status: "not_found",
    summary: "There is no slot of this name",
    todo: "ListSlots names those there are",
  },
  STATE_SLOT_QUOTA: {
    status: "resource_exhausted",
    summary: "The player has 20 slots in this world already",
    todo: "Delete one, or save over one",
  },
  STATE_CURSOR_TOO_OLD: {
    status: "out_of_range",
    summary: "Changes no longer reach back to that seq",
    todo: "Watch with `snapshot`: the objects as they are come first, then changes",
  },
  STATE_BUSY: {
    status: "unavailable",
    summary: "More writes wait than can be done in time",
    todo: "Repeat the call, with the same key, after retry_after_ms",
    retryable: true,
  },
  STATE_IMPORT_SIGNATURE: {
    status: "invalid_argument",
    summary: "The file's signature does not fit its content, or nobody known signed it",
    todo: "Export it again; a file from another deployment needs its key in STATE_MANAGER_TRUSTED_KEYS",
  },
  STATE_UNKNOWN_COLLECTION: {
    status: "not_found",
    summary: "There is no such collection in this world",
    todo: "Use one that GetCollections names, or add it to the world's pack",
  },
  STATE_COLLECTIONS_INVALID: {
    status: "invalid_argument",
    summary: "The collections cannot be used as they are defined",
    todo: "Correct the definition named",
  },
  STATE_COLLECTION_TAKEN: {
    status: "already_exists",
    summary: "A collection of a pack has the name of another one",
    todo: "Rename it in the pack; the world keeps the collections that it has",
  },
  STATE_COLLECTION_HELD: {
    status: "failed_precondition",
    summary: "The world holds objects that a collection could not keep as the pack defines it now",
    todo: "Change or delete them first, or give the collection another name; the world keeps the collections that it has",
  },
  STATE_STORE_AWAY: {
    status: "unavailable",
    summary: "The database does not answer: nothing was written",
    todo: "Repeat the call, with the same key, in a moment",
    retryable: true,
  },
});
