import { usePlace } from "../data/link.ts";
import { goTerms, readTerms } from "../data/terms.ts";
import type { Valley } from "../data/valley.ts";
import { ForAdmins } from "../shell/for-admins.tsx";
import { BookActs } from "./book-acts.tsx";
import { Statement } from "./statement.tsx";
import { SupplyTable } from "./supply-table.tsx";

/** The books: how much money there is and where, what moved on an account, and whether all of it adds up. */
export function LedgerRoom({ valley }: { readonly valley: Valley }) {
  const terms = readTerms(usePlace().filter);
  const account = terms["account"] ?? "";
  if (!valley.isAdmin)
    return (
      <section className="room">
        <ForAdmins what="The books are" />
      </section>
    );
  return (
    <section className="room">
      <header>
        <div>
          <h1>Ledger</h1>
          <p>Whole minor units, counted twice: of every transaction the legs come to 0.</p>
        </div>
      </header>
      <div className="scroll" tabIndex={0} aria-label="Ledger">
        <SupplyTable valley={valley} onAccount={(id) => goTerms(terms, { account: id })} />
        <BookActs valley={valley} />
        <Statement
          key={account}
          valley={valley}
          account={account}
          onAccount={(id) => goTerms(terms, { account: id })}
        />
      </div>
    </section>
  );
}
