// Short ASCII strings by one call with the characters as arguments: half the time of a native slice.

/** Longest string made this way. */
export const SHORT_ASCII = 24;

const chars = String.fromCharCode;

/** `length` ASCII bytes at `p` as a string; `length` is 1 to 24. */
// biome-ignore format: a table
export function shortAscii(b: Uint8Array, p: number, length: number): string {
  switch (length) {
    case 1: return chars(b[p]!);
    case 2: return chars(b[p]!, b[p+1]!);
    case 3: return chars(b[p]!, b[p+1]!, b[p+2]!);
    case 4: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!);
    case 5: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!);
    case 6: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!);
    case 7: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!);
    case 8: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!);
    case 9: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!);
    case 10: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!);
    case 11: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!);
    case 12: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!, b[p+11]!);
    case 13: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!, b[p+11]!, b[p+12]!);
    case 14: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!, b[p+11]!, b[p+12]!, b[p+13]!);
    case 15: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!, b[p+11]!, b[p+12]!, b[p+13]!, b[p+14]!);
    case 16: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!, b[p+11]!, b[p+12]!, b[p+13]!, b[p+14]!, b[p+15]!);
    case 17: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!, b[p+11]!, b[p+12]!, b[p+13]!, b[p+14]!, b[p+15]!, b[p+16]!);
    case 18: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!, b[p+11]!, b[p+12]!, b[p+13]!, b[p+14]!, b[p+15]!, b[p+16]!, b[p+17]!);
    case 19: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!, b[p+11]!, b[p+12]!, b[p+13]!, b[p+14]!, b[p+15]!, b[p+16]!, b[p+17]!, b[p+18]!);
    case 20: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!, b[p+11]!, b[p+12]!, b[p+13]!, b[p+14]!, b[p+15]!, b[p+16]!, b[p+17]!, b[p+18]!, b[p+19]!);
    case 21: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!, b[p+11]!, b[p+12]!, b[p+13]!, b[p+14]!, b[p+15]!, b[p+16]!, b[p+17]!, b[p+18]!, b[p+19]!, b[p+20]!);
    case 22: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!, b[p+11]!, b[p+12]!, b[p+13]!, b[p+14]!, b[p+15]!, b[p+16]!, b[p+17]!, b[p+18]!, b[p+19]!, b[p+20]!, b[p+21]!);
    case 23: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!, b[p+11]!, b[p+12]!, b[p+13]!, b[p+14]!, b[p+15]!, b[p+16]!, b[p+17]!, b[p+18]!, b[p+19]!, b[p+20]!, b[p+21]!, b[p+22]!);
    default: return chars(b[p]!, b[p+1]!, b[p+2]!, b[p+3]!, b[p+4]!, b[p+5]!, b[p+6]!, b[p+7]!, b[p+8]!, b[p+9]!, b[p+10]!, b[p+11]!, b[p+12]!, b[p+13]!, b[p+14]!, b[p+15]!, b[p+16]!, b[p+17]!, b[p+18]!, b[p+19]!, b[p+20]!, b[p+21]!, b[p+22]!, b[p+23]!);
  }
}
