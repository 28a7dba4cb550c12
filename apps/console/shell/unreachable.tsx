/** The world cannot be reached at all: what to do, in a sentence. */
export function Unreachable({ reason }: { readonly reason: string }) {
  return (
    <main className="room" role="alert">
      <header>
        <div>
          <h1>The world does not answer</h1>
          <p>{reason}</p>
        </div>
      </header>
      <p className="empty">
        See whether Orrery still runs where you started it, then{" "}
        <button type="button" className="link" onClick={() => location.reload()}>
          try again
        </button>
        .
      </p>
    </main>
  );
}
