// The table of figures of the README, made from docs/results/<name>.json.

export interface ResultRow {
  what: string;
  bar: string;
  measured: string;
  placement: string;
  met: boolean;
}

/** As a row's bar: it is there to compare with, and nobody judges it. */
export const NO_BAR = 'none';

export const verdict = ({ bar, met }: ResultRow): string =>
  bar === NO_BAR ? '–' : met ? 'yes' : 'NO';

export interface Results {
  machine: Record<string, string | number>;
  rows: ResultRow[];
}

/** Checks the form, since the file is written by another program. */
export function parseResults(text: string, path: string): Results {
  const results = JSON.parse(text) as Partial<Results>;
  if (!results.machine || !Array.isArray(results.rows)) {
    throw new Error(`${path}: expected {machine, rows}`);
  }
  for (const row of results.rows) {
    const texts = [row.what, row.bar, row.measured, row.placement];
    if (!texts.every((value) => typeof value === 'string') || typeof row.met !== 'boolean') {
      throw new Error(`${path}: a row is not {what, bar, measured, placement, met}`);
    }
  }
  return { machine: results.machine, rows: results.rows };
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

export function figuresTable({ machine, rows }: Results): string {
  const about = Object.entries(machine).map(([name, value]) => `${name}: ${value}`);
  return [
    `Measured on: ${about.join('; ')}.`,
    '',
    '| what | bar | measured | placement | met |',
    '|---|---|---|---|---|',
    ...rows.map((row) =>
      ['', ...[row.what, row.bar, row.measured, row.placement, verdict(row)].map(cell), '']
        .join(' | ')
        .trim(),
    ),
  ].join('\n');
}
