import { held, type Promised } from "./promise.ts";

const CONNECTION = "packages/client/connection.test.ts";
const SUBSCRIPTIONS = "packages/client/subscriptions.test.ts";
const CALLS = "packages/client/calls.test.ts";
const MARKS = "packages/client/marks.test.ts";
const QUEUE = "packages/client/queue.test.ts";

export const client: readonly Promised[] = [
  {
    id: "client.subscribed-at-any-moment",
    sentence:
      "A subscription gets its snapshot and what follows, whatever the line was doing when it was asked for",
    heldBy: held(
      SUBSCRIPTIONS,
      "while the line is away",
      "between Hello and Welcome gets",
      "just before a cut",
      "that was taken down between Hello and Welcome",
      "counts nothing of a snapshot that was cut short",
      "tells of the present again after a gap",
      "that the edge refuses for good ends with the reason, and the others go on",
      "that the edge cannot take up for the moment is asked for again when it said",
      "hears nothing of before its snapshot behind it",
    ),
  },
  {
    id: "client.no-unhandled-rejection",
    sentence: "Closing a client or a subscription, in any order and more than once, fails nowhere unheard",
    heldBy: [
      ...held(CONNECTION, "may be said again, after subscriptions and before, and nothing fails unheard"),
      ...held(
        CALLS,
        "that its caller gave up is cancelled at the edge once",
        "whose client is closed within its time leaves nothing that fails later",
      ),
    ],
  },
  {
    id: "client.dead-line",
    sentence:
      "A line on which nothing comes any more is noticed within two heartbeats, and the client comes back",
    heldBy: held(
      CONNECTION,
      "notices within two heartbeats that nothing comes any more",
      "stays while an idle edge says its marks",
      "does not take a machine that slept for a dead line",
    ),
  },
  {
    id: "client.connect-ends",
    sentence:
      "connect() ends in a world or in a coded error that names the address and what was met, within its time",
    heldBy: held(
      CONNECTION,
      "ends with the address when no edge is there",
      "ends when the socket opens and nobody answers",
      "ends when a token source never answers, and when it fails for the moment",
      "ends at once when the token source says that it is final",
      "ends at once when the edge refuses for good: a world that is not there",
      "takes an address with a slash behind it",
      "refuses the address nonsense",
    ),
  },
  {
    id: "client.signed-in",
    sentence:
      "A client signs in anew before its token ends, whatever its own clock says, and asks for a fresh one when a token is refused",
    heldBy: [
      ...held(
        CONNECTION,
        "signs in anew before its token ends, by the token's own length of life",
        "asks for a fresh token when one is refused, and ends when that is refused too",
      ),
      ...held("packages/client/token-life.test.ts", "is what lies between its own moments"),
      ...held(
        "packages/client/token.test.ts",
        "a token is kept for its own length of life, though the issuer's clock is hours away",
        "an issuer's refusal is final or not by its code",
        "a guest is the same one at the next start if its secret was kept",
      ),
    ],
  },
  {
    id: "client.closed-is-closed",
    sentence:
      "A closed client stays closed, holds no timer, and everybody who waits for something of it is told why",
    heldBy: [
      ...held(
        CONNECTION,
        "by the edge for good reaches whoever iterates, awaits and calls",
        "while a token is fetched stays the end",
        "while the line is away leaves no timer behind",
        "waits as long as the edge asks before it comes back",
      ),
      ...held(
        QUEUE,
        "serves several readers in the order they came",
        "is left once, by a reader that goes before the end",
      ),
    ],
  },
  {
    id: "client.its-own-events",
    sentence: "A subscription hears what it asked for and nothing that only another one asked for",
    heldBy: held(
      SUBSCRIPTIONS,
      "hears nothing of the world when it does not want to, whatever another one wants",
    ),
  },
  {
    id: "client.calls-settle",
    sentence: "A call ends in its answer, or in an error that says whether to repeat it, within its deadline",
    heldBy: held(
      CALLS,
      "is sent when the line is back, if it was made while it was away",
      "fails when its deadline passes, sent or not",
      "fails when the line breaks before its answer, since nobody knows whether it was done",
      "that streams gives as many messages as chunks came, none of them for none",
      "that streams is cancelled by its signal, and its reader comes to an end",
    ),
  },
  {
    id: "client.cursor-is-bounded",
    sentence: "A client's cursor stays within 2 KiB however long it lives and however often services restart",
    heldBy: held(
      MARKS,
      "stays within 2 KiB and names the streams that moved last",
      "forgets publishers that have been silent for an hour",
    ),
  },
  {
    id: "client.unread-is-bounded",
    sentence: "A subscription that nobody reads ends with an error instead of growing without bound",
    heldBy: held(SUBSCRIPTIONS, "fails by name when nobody reads it, instead of growing for ever"),
  },
  {
    id: "client.lives",
    sentence:
      "Under cuts, silence, refusals and restarts in any order, what a client knows is what a fresh snapshot says",
    heldBy: held("packages/client/machine.test.ts", "random lives"),
  },
];
