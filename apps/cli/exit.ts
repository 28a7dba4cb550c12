/** What a command's exit code means; with several outcomes the first of 1, 5, 4, 3 counts. */
export const EXIT = { pass: 0, fail: 1, usage: 2, notRun: 3, interrupted: 4, refused: 5 } as const;
