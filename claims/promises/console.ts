import { heldIn, type Promised } from "./promise.ts";

const CONTROL = "apps/console/control.browser.test.ts";
const DESK = "apps/console/desk.browser.test.ts";

export const console: readonly Promised[] = [
  {
    id: "console.keys",
    sentence:
      "A key belongs to the control that has the focus or to the dialog over the page; only others are the page's",
    heldBy: heldIn(
      "browser",
      CONTROL,
      "belongs to the control that has the focus",
      "belongs to the dialog over the page",
    ),
  },
  {
    id: "console.stream-goes-on",
    sentence: "The stream goes on by itself after a restart or a cut, without a gap",
    heldBy: heldIn("browser", CONTROL, "goes on by itself after the server was away"),
  },
  {
    id: "console.bulk-acts",
    sentence:
      "What closes many letters counts them first, names the count on its button, needs a reason, and can be undone for ten seconds",
    heldBy: heldIn("browser", DESK, "shows what was given up, and sends it again after a look at which"),
  },
  {
    id: "console.holds",
    sentence:
      "The time bar is of now while the clock is held, says who holds it, and can let go whoever it is; an act pressed twice is one",
    heldBy: heldIn(
      "browser",
      CONTROL,
      "follows a clock that is held, says by whom, and lets go",
      "takes an act that is pressed twice for one",
    ),
  },
  {
    id: "console.what-happened-here",
    sentence: "What happened to a region is asked of the journal, as far back as it is kept",
    heldBy: heldIn(
      "browser",
      CONTROL,
      "asks the journal for what happened to a region, and reads further back",
    ),
  },
  {
    id: "console.door",
    sentence:
      "A world that is not there, or a key that is not this one's, gets a sentence that says what to do, and does not stick",
    heldBy: heldIn(
      "browser",
      CONTROL,
      "says which worlds there are when one is asked for that is not",
      "says that a key is not this one's, and lets its owner in as a guest next time",
    ),
  },
  {
    id: "console.past",
    sentence: "The past is shown only of what has happened, and only where the page shows it",
    heldBy: heldIn(
      "browser",
      CONTROL,
      "takes what has not happened yet for no past, and shows the past over the map only",
    ),
  },
  {
    id: "console.by-keyboard",
    sentence: "Every region of the map opens by keyboard alone",
    heldBy: heldIn("browser", CONTROL, "is gone over by arrows and opened by Enter, without a mouse"),
  },
];
