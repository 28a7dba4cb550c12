/** Hands values from those who push to those who read, in order. */
export interface AsyncQueue<T> extends AsyncIterableIterator<T> {
  push(value: T): void;
  /** What was pushed can still be read; then comes the end, or once the error. */
  end(error?: Error): void;
  /** How many values wait for a reader. */
  readonly length: number;
}

/** Values that were read are let go of in portions. */
const MOST_READ = 64;

/** @param left called once when a reader goes away before the end */
export function createQueue<T>(left: () => void = () => {}): AsyncQueue<T> {
  let values: T[] = [];
  /** Those before it were read: taking each from the front of a long array would move all others. */
  let first = 0;
  const readers: PromiseWithResolvers<IteratorResult<T>>[] = [];
  const done: IteratorResult<T> = { done: true, value: undefined };
  let ended = false;
  let failure: Error | undefined;

  function end(error?: Error): void {
    if (ended) return;
    ended = true;
    failure = error;
    const [first, ...others] = readers.splice(0);
    if (error === undefined) first?.resolve(done);
    else if (first !== undefined) {
      failure = undefined;
      first.reject(error);
    }
    for (const reader of others) reader.resolve(done);
  }

  function take(): T {
    const value = values[first++] as T;
    if (first >= MOST_READ && first * 2 >= values.length) {
      values = values.slice(first);
      first = 0;
    }
    return value;
  }

  return {
    get length() {
      return values.length - first;
    },
    push(value) {
      if (ended) return;
      const reader = readers.shift();
      if (reader === undefined) values.push(value);
      else reader.resolve({ done: false, value });
    },
    end,
    next() {
      if (first < values.length) return Promise.resolve({ done: false, value: take() });
      if (failure !== undefined) {
        const error = failure;
        failure = undefined;
        return Promise.reject(error);
      }
      if (ended) return Promise.resolve(done);
      const reader = Promise.withResolvers<IteratorResult<T>>();
      readers.push(reader);
      return reader.promise;
    },
    return() {
      const early = !ended;
      values = [];
      first = 0;
      failure = undefined;
      end();
      if (early) left();
      return Promise.resolve(done);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
