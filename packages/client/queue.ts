/** Hands values from those who push to one reader, in order. */
export interface AsyncQueue<T> extends AsyncIterableIterator<T> {
  push(value: T): void;
  end(error?: Error): void;
}

export function createQueue<T>(): AsyncQueue<T> {
  const values: T[] = [];
  let waiting: PromiseWithResolvers<IteratorResult<T>> | undefined;
  let ended = false;
  let failure: Error | undefined;
  const done: IteratorResult<T> = { done: true, value: undefined };
  return {
    push(value) {
      if (ended) return;
      if (waiting === undefined) return void values.push(value);
      waiting.resolve({ done: false, value });
      waiting = undefined;
    },
    end(error) {
      ended = true;
      failure = error;
      if (waiting === undefined) return;
      if (error === undefined) waiting.resolve(done);
      else waiting.reject(error);
      waiting = undefined;
    },
    next() {
      const value = values.shift();
      if (value !== undefined) return Promise.resolve({ done: false, value });
      if (failure !== undefined) return Promise.reject(failure);
      if (ended) return Promise.resolve(done);
      waiting = Promise.withResolvers();
      return waiting.promise;
    },
    return() {
      ended = true;
      return Promise.resolve(done);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
