/** Whether two versions are of the same code, whichever commit they name. */
export const isSameCode = (a: string, b: string): boolean => a.split("@")[0] === b.split("@")[0];
