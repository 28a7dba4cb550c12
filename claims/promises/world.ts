import { held, type Promised } from "./promise.ts";

export const world: readonly Promised[] = [
  {
    id: "world.stands-still-alone",
    sentence:
      "A world that cannot begin, cannot be read or is not known yet stands still by itself: health names it with the reason, all other worlds go on, and once it can it takes in everything that was said meanwhile",
    heldBy: held(
      "packages/simulation/parked.test.ts",
      "stands still by itself: the others go on at once, and health says which and why",
      "goes on by itself once it can, with all that was said meanwhile, in order",
      "has lost nothing when the process was stopped while it stood still",
      "what is said in a world before its beginning waits for that, and holds up nobody",
      "an event that had waited and is refused leaves its neighbours alone",
      "a state that cannot be read is its own world's trouble",
    ),
  },
  {
    id: "world.fork-where-asked",
    sentence:
      "A fork begins at the very game second or journal place that was asked for, or is refused with the nearest places that can be had; forks of forks too",
    heldBy: held(
      "apps/cli/run/fork-places.test.ts",
      "begins behind that very event, or names places behind which it can",
      "shows the game second that was asked for, between two edges and inside a skip too",
      "is the same there as its parent was: from it on, both say the same",
      "is refused for a moment that never was, and told which was the nearest",
      "of a fork may lie before that one began: it takes its parent's past",
    ),
  },
  {
    id: "world.drop-is-known",
    sentence: "A fork cannot be asked to do without an event that nobody says",
    heldBy: held(
      "apps/cli/run/fork-places.test.ts",
      "that is dropped a type or a key that nobody says is refused",
    ),
  },
  {
    id: "world.offline-policy",
    sentence:
      "What a clock shall do after an absence is checked at the call, and no value keeps it from going on",
    heldBy: held(
      "services/time-manager/driver.test.ts",
      "is refused at the call where it cannot be meant",
      "that catches up with nothing at all lets the clock go on",
    ),
  },
  {
    id: "world.turn-that-fails",
    sentence:
      "A clock that cannot be moved is tried again after longer and longer pauses, and health says why",
    heldBy: held(
      "services/time-manager/driver.test.ts",
      "is tried again after longer and longer pauses, named in health, and goes through once it can",
    ),
  },
  {
    id: "world.host-clock",
    sentence:
      "When the host's clock is set, back or ahead, running or stopped, a world goes on from where it stood and says so",
    heldBy: held(
      "services/time-manager/driver.test.ts",
      "is set back while the process is away: the world goes on from where it stood, and says why",
      "is set back while the world runs: not a second of it is repeated or waited for",
      "is set ahead while the world runs: it goes on at the host's new time without the hour",
    ),
  },
  {
    id: "world.skip-can-be-stopped",
    sentence:
      "A skip can be ended: by `orrery time cancel`, by holding the clock and by Ctrl-C, each of which says where the clock stands; more than 62 days want `--yes`",
    heldBy: [
      ...held(
        "apps/cli/run/fast-forward.test.ts",
        "unless --yes says that it is meant",
        "ends by Ctrl-C where the clock has come to, and says so",
        "ends by `orrery time cancel`, and whoever waits for it is told",
        "ends by `orrery time pause`, and whoever waits for it is told",
      ),
      ...held(
        "services/time-manager/clock.test.ts",
        "ends a skip where it has come to, also under a name that holds already",
      ),
    ],
  },
  {
    id: "world.any-name-holds",
    sentence: "A hold of any name holds the clock, until it is released under that name",
    heldBy: held(
      "services/time-manager/clock.test.ts",
      "holds under whatever name it is given, and only that name releases it",
    ),
  },
  {
    id: "world.start-that-fails-ends",
    sentence: "A start that cannot succeed says why in a line, and ends with the code that the page promises",
    heldBy: held("apps/cli/run/exit.test.ts", "no such pack"),
  },
  {
    id: "world.south",
    sentence:
      "South of the equator a world has its winter in its winter; where the sun stays down no day is activated",
    heldBy: held(
      "services/time-manager/phases.test.ts",
      "the sun is as low and as late at the winter solstice as in the north",
      "no day is activated in the dark and no night in the light, and none has a sunrise",
      "the faces follow each other all the same over a year",
    ),
  },
  {
    id: "world.pack-mistakes",
    sentence:
      "Every mistake of a pack is named with its code, file, line and column, whatever stands in the file or instead of it",
    heldBy: held(
      "packages/pack/strange-text.test.ts",
      "an alias of nothing",
      "an alias of itself",
      "aliases that multiply",
      "a merge key",
      "a key of every object's",
      "nesting without end",
      "an outline that names constructor names a corner that is not there",
      "a corner may have a name that every object answers to",
      "a key that means nothing is told so",
      "bytes that are no UTF-8 are found where they stand",
      "a file that is a folder is named",
      "a file that is a link to itself is named",
      "year 9007199254740991 is out of range",
      "a grid that nobody could draw is refused before it is drawn",
    ),
  },
  {
    id: "world.leap-days",
    sentence: "Leap days are dates: worlds may start on them, and holidays and solstices may fall on them",
    heldBy: held(
      "packages/pack/strange-text.test.ts",
      "are dates, of holidays, of the start and of the solstice",
      "are none in other years, and there are no more of them than it says",
    ),
  },
  {
    id: "world.land",
    sentence:
      "Land needs no water; water never comes back to itself; lakes and roads lie where the pack says",
    heldBy: held(
      "packages/pack/strange-text.test.ts",
      "needs no river, no lake and no floor: it lies as high as its regions say",
      "refuses a river that flows into itself",
      "refuses a lake that lies elsewhere",
      "refuses a road through other regions",
      "refuses two rivers that flow into each other, and a road that never comes to a region it names",
    ),
  },
  {
    id: "world.pack-edit-is-told",
    sentence: "Whoever edits the pack of a running world is told when the edit is taken up",
    heldBy: held(
      "apps/cli/run/operator.test.ts",
      "an edit that is taken up is told to whoever runs the world",
    ),
  },
  {
    id: "world.any-name",
    sentence: "What users name is looked up by that name alone: what every object answers to is nobody's",
    heldBy: [
      ...held(
        "packages/pack/strange-text.test.ts",
        "an outline that names toString names a corner that is not there",
      ),
      ...held(
        "services/state-manager/value/value.test.ts",
        "has what every object answers to as a key like any other",
      ),
    ],
  },
  {
    id: "world.diff-as-far-as-both",
    sentence:
      "Two worlds are compared as far as all who speak have come in both: the answer does not depend on when it is asked for; it says of what a fork was to do without whether that has come about",
    heldBy: [
      ...held(
        "services/event-bus/worlds/reach.test.ts",
        "is its last commit of which all has arrived, in whatever order that came",
        "does not go on behind a commit that is half there",
        "takes what was pruned of an old commit for what had arrived",
      ),
      ...held(
        "apps/cli/run/refusals.test.ts",
        "a world compared with itself has all it has said as its past",
        "the difference says of what a fork was to do without whether that has come about",
      ),
    ],
  },
  {
    id: "world.command-line",
    sentence:
      "A number that is none, a place that is none, a wrong secret: the command line names what was given, and its exit code is the one that its page says",
    heldBy: held(
      "apps/cli/run/refusals.test.ts",
      "says what is wrong with the admin's secret, not that nobody is there",
      "ends with the code that the page says",
      "is refused before anything is tried, by what was given",
      "numbers of a JSON line are numbers",
    ),
  },
  {
    id: "world.ends",
    sentence:
      "A world can be archived and deleted: every service and the door let it go; what a fork needs of its past is kept",
    heldBy: [
      ...held(
        "apps/cli/run/world-end.test.ts",
        "an archived world is let go by every service and by the door, and its past can be read and forked",
        "a world whose past a fork needs is not deleted, and the refusal names the forks",
        "a deleted world leaves nothing behind, and its id is not used again",
      ),
      ...held(
        "packages/simulation/parked.test.ts",
        "is held by nobody any more, and what is still said in it is passed over, after a restart too",
        "leaves nothing behind when it is deleted",
      ),
    ],
  },
  {
    id: "world.logs-for-people",
    sentence:
      "On a terminal the log is one line for people, with a stack only where nobody foresaw the failure",
    heldBy: held(
      "packages/service/log-lines.test.ts",
      "is one line for people: when, how bad, who, what, about what",
      "tells an error that has a code without a stack, and any other with one",
    ),
  },
  {
    id: "world.other-code",
    sentence:
      "Other code never changes what was told: after a clean stop it goes on, after a kill it goes on where it says the same, and otherwise is refused with input, event and both versions, or taken on and said so",
    heldBy: held(
      "packages/simulation/code-change.test.ts",
      "goes on from what the earlier code left, and leaves what it told as it is",
      "goes on where it says the same, though it is other code",
      "is refused where it would have told something else, with the input, the event and both versions",
      "is refused where it refuses what was taken",
      "goes on under the earlier code, whatever came meanwhile",
      "is taken on when an operator says so: what was told stands, the state is its own, and it is said",
      "is taken on without an input that it refuses",
      "is taken on without an input that it dies of half way",
      "is refused by name when nothing says how one becomes the other",
      "is migrated where something does",
    ),
  },
  {
    id: "world.new-picture",
    sentence:
      "Who holds a picture of a state that was replaced is let go and gets a snapshot, also who was away when it happened",
    heldBy: held(
      "apps/cli/run/resume.test.ts",
      "is let go when a service goes on with another state than it told, and gets a snapshot, whoever was away too",
    ),
  },
];
