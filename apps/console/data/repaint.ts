/** The map waits for a few changes before it paints anew; what has become wholly another one counts for as many. */
export const REPAINT = 100;
