// Bars: what must be reached, by ratios of what one run measured.

import type { ResultRow } from '../readme/figures.js';
import type { Measured } from './measured.js';

/** Fails when a benchmark of this name was not run. */
export type Get = (name: string) => Measured;

export interface Bar {
  what: string;
  bar: string;
  placement: string;
  measure(get: Get): { measured: string; met: boolean };
}

export const microseconds = (ns: number): string => `${(ns / 1000).toFixed(2)} us`;
export const millions = (rate: number): string => `${(rate / 1e6).toFixed(2)} M/s`;
export const times = (ratio: number): string => `${ratio.toFixed(2)} x`;

/** At most `max` times as long as the floor. */
export function atMost(max: number, name: string, floorName: string) {
  return (get: Get) => {
    const [own, floor] = [get(name).ns, get(floorName).ns];
    const measured = `${times(own / floor)} (${microseconds(own)} / ${microseconds(floor)})`;
    return { measured, met: own / floor <= max };
  };
}

/** At least `min` items a second. */
export function atLeast(min: number, name: string) {
  return (get: Get) => {
    const { rate } = get(name);
    return { measured: millions(rate), met: rate >= min };
  };
}

/** How what is said of a row ends whose benchmark did not run. */
export const NOT_MEASURED = 'was not measured';

/** A benchmark that did not run gives a row that is not met, and says which. */
export function rowsOf(bars: readonly Bar[], found: ReadonlyMap<string, Measured>): ResultRow[] {
  const get: Get = (name) => {
    const one = found.get(name);
    if (!one) throw new Error(`${name} ${NOT_MEASURED}`);
    return one;
  };
  return bars.map(({ what, bar, placement, measure }) => {
    try {
      return { what, bar, placement, ...measure(get) };
    } catch (error) {
      return { what, bar, placement, measured: (error as Error).message, met: false };
    }
  });
}
