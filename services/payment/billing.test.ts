import { billingSuite } from "./testing/billing-suite.ts";
import { playLocal, playStripe } from "./testing/played.ts";

billingSuite("SQLite, by the local provider", () => playLocal(":memory:"));
billingSuite("SQLite, by Stripe's library against a double", () => playStripe(":memory:"));
