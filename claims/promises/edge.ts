import { held, heldIn, type Promised } from "./promise.ts";

const RESUME = "apps/cli/run/resume.test.ts";
const GATE = "apps/cli/run/gate.test.ts";
const BY_WORLD = "apps/cli/run/access-by-world.test.ts";
const RING = "services/router/ring.test.ts";
const STRETCHES = "services/event-bus/journal/stretches.test.ts";

export const edge: readonly Promised[] = [
  {
    id: "edge.resume-through-a-new-door",
    sentence:
      "Whoever comes back through a door that has just begun gets what was said meanwhile, also by those who spoke once and fell silent",
    heldBy: [
      ...held(RESUME, "gets from a door that began later what a publisher said once and then fell silent"),
      ...held(
        RING,
        "does not know what a stream said that has been silent since it began, until the journal has told",
        "asks for what it does not reach back to",
        "takes no stretch that would leave a hole before what is here",
        "gives each client what it looks at and lacks, and nothing else, wherever the past began",
      ),
    ],
  },
  {
    id: "edge.resume-or-snapshot",
    sentence: "What nobody can tell a returning client is answered by a snapshot, never by silence",
    heldBy: [
      ...held(
        RESUME,
        "gets a snapshot when it names a stream of which nobody here has ever heard",
        "gets a snapshot when its cursor is larger than 2 KiB, and is not refused",
        "gets the snapshot of a subscription that never had a complete one, while the others go on",
      ),
      ...held(RING, "knows nothing of a stream that neither it nor the journal has ever heard"),
      ...held(
        STRETCHES,
        "say what is lost: a stream that never spoke, and events that are no longer here",
        "is not known when what waits has no time, or something was given up",
      ),
    ],
  },
  {
    id: "edge.resume-of-much",
    sentence:
      "However much a client missed, it is in again at the first try: it catches up, or begins anew; who reads is never called slow",
    heldBy: [
      ...held(
        RESUME,
        "after more than a slow reader may leave unread, it is in again at the first try",
        "after far more than anybody catches up with, it is in again at the first try",
        "is not called slow for what gathers while its snapshot is on the way",
        "is not called slow for a burst, when it has read everything before",
      ),
      ...held(
        "services/router/queue.test.ts",
        "counts what was missed apart from what came since, until it is handed out",
      ),
    ],
  },
  {
    id: "edge.resume-reads-once",
    sentence: "All who come back share one reading of the journal",
    heldBy: [
      ...held(RESUME, "shares one reading of the journal with all others who come back"),
      ...held(STRETCHES, "are read from the newest back, whole, whatever a page takes"),
      ...heldIn(
        "postgres",
        "services/event-bus/journal/stretches.postgres.test.ts",
        "reads heads and stretches from PostgreSQL as from SQLite",
      ),
    ],
  },
  {
    id: "edge.resume-without-repeats",
    sentence: "A client that comes back is not told again as news what its snapshot said",
    heldBy: [
      ...held(RESUME, "is sent again nothing that its snapshot told, though it named no stream"),
      ...held(
        RING,
        "asks by time for streams that a cursor leaves out, and not for those that were silent before it",
        "passes on what comes live after it was read, and says up to where a client has it already",
      ),
    ],
  },
  {
    id: "edge.small-requests-stay-small",
    sentence:
      "No request costs more than its limits, whether it is unpacked, endless, slow or from somebody unknown",
    heldBy: held(
      GATE,
      "is refused by its head before any of it is read: too large, or by somebody unknown",
      "is not unpacked beyond its limit, whoever sends it",
      "is not read beyond its limit when it does not say how long it is, and nothing of it is kept",
      "has to come within a time: a body sent byte by byte is cut",
    ),
  },
  {
    id: "edge.rates",
    sentence: "How much a player or an address may ask for is the same whatever the door, and can be set",
    heldBy: held(
      GATE,
      "is counted by player, by both doors together",
      "is counted by address where no token names anybody, and no more is stored than that allows",
      "does not count what an address says of itself, unless a proxy that is trusted says it",
      "holds for streams and for what runs at once, over HTTP too",
    ),
  },
  {
    id: "edge.token-worlds",
    sentence: "A token for one world opens no other one, at no method and by no door",
    heldBy: held(
      BY_WORLD,
      "lets a player in at no method, over HTTP",
      "lets an admin in at no method, over HTTP",
      "opens no socket in a world that it is not for",
      "lets a player in at no method, over a socket",
      "lets an admin in at no method, over a socket",
      "shows only its own worlds, and asks about its own",
    ),
  },
  {
    id: "edge.token-words",
    sentence: "A token that says too little or too much is refused with the claim that is at fault",
    heldBy: held(BY_WORLD, "is refused and told why"),
  },
  {
    id: "edge.streams-end-with-their-token",
    sentence: "A stream ends when its token is revoked or expires, and with the socket that it runs on",
    heldBy: [
      ...held(
        BY_WORLD,
        "ends when its token is revoked, over HTTP and on the socket",
        "ends when its token expires",
        "goes on when a token is refused that was to take the place of its own, and ends when it may no longer",
      ),
      ...held(
        GATE,
        "is the second call under a number that is in use, and the streams of a socket end with it",
      ),
    ],
  },
  {
    id: "edge.refusals-are-answered",
    sentence: "What is refused on a socket is answered by its id, and the connection goes on",
    heldBy: held(
      GATE,
      "is answered, each of a hundred calls at once by its own id",
      "is answered, each of thirty subscriptions at once by its own id",
      "is that message alone: a subscription with 33 regions",
      "is that message alone: a subscription with 257 entities",
    ),
  },
  {
    id: "edge.worlds-that-exist",
    sentence: "A world that does not exist is refused at the door with its own code",
    heldBy: held(
      GATE,
      "is nobody to a world that does not exist",
      "is nobody who says more of itself than there is room for",
    ),
  },
  {
    id: "edge.hardened",
    sentence:
      "Another host's name or page gets nothing, measures and keys are the operators', and a guest is whoever holds its secret",
    heldBy: held(
      GATE,
      "is nobody who came by another name, or from another one's page",
      "sees measures only as an operator, and no page may frame the console",
      "is the same guest again only with its secret: a device's id is known to many",
      "is no operator with a key that was replaced, nor with a token given for it",
    ),
  },
  {
    id: "edge.page-is-the-protocol",
    sentence: "Every way in which a socket ends stands in the protocol's table, with its reason",
    heldBy: held(
      "services/router/socket/bye.test.ts",
      "stands in one table of the page: every close code that is used, and no other of ours",
      "is the reason and code of the table, whatever was refused",
    ),
  },
  {
    id: "edge.one-form",
    sentence: "Clients read protobuf, in whatever form a publisher wrote its events",
    heldBy: held(
      "services/router/see.test.ts",
      "is the same, as protobuf, when it travelled as JSON",
      "is nothing, and said in the log, when it cannot be read",
    ),
  },
];
