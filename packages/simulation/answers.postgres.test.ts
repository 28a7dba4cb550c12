import { afterAll, beforeAll } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres.ts";
import { answersSuite } from "./answers-suite.testing.ts";

let postgres: Postgres;
let count = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

answersSuite("PostgreSQL", () => postgres.database(`answers_${++count}`));
