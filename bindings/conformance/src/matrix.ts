// matrix.ts: docs/conformance.md, made from the outcomes of a run. No times, so that it changes
// only when what holds has changed.

import { type Group, reasonAgainst, type Suite } from './load.js';
import { fullId } from './plan.js';
import type { Scenario } from './schema.js';
import type { PairOutcome } from './suite.js';

const HEAD = `# Conformance

Made by \`npm test -- --only conformance\`; the suite is described in
[bindings/conformance](../bindings/conformance/README.md). Each row is a scenario, each column a
host, which runs it over the native and the TypeScript library: **yes** for both, **native** or
**TypeScript** where it is for one of them, a number where it does not apply, with the reason below,
and **no** where it failed.
`;

/** Reasons by their numbers, in the order in which they come. */
class Reasons {
  private readonly numbers = new Map<string, number>();

  number(reason: string): number {
    const known = this.numbers.get(reason) ?? this.numbers.size + 1;
    this.numbers.set(reason, known);
    return known;
  }

  list(): string[] {
    return [...this.numbers].map(([reason, number]) => `${number}. ${reason}`);
  }
}

function cell(
  group: Group,
  scenario: Scenario,
  outcomes: readonly PairOutcome[],
  reasons: Reasons,
): string {
  const against = outcomes.map(({ host, library }) => reasonAgainst(scenario, host.name, library));
  const ran = outcomes.filter((_, at) => against[at] === undefined);
  if (ran.some(({ results }) => results.get(fullId(group, scenario))?.ok !== true)) return 'no';
  const notes = [...new Set(against.filter((reason) => reason !== undefined))].map(
    (reason) => `[${reasons.number(reason)}]`,
  );
  if (ran.length === 0) return `n/a ${notes.join(' ')}`;
  const only = ran[0]?.library === 'native' ? 'native' : 'TypeScript';
  return ran.length === outcomes.length ? 'yes' : `${only} ${notes.join(' ')}`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** @param outcomes of all hosts over all libraries */
export function renderMatrix(suite: Suite, outcomes: readonly PairOutcome[]): string {
  const titles = [...new Set(outcomes.map(({ host }) => host.title))];
  const reasons = new Reasons();
  const tables = suite.groups.map((group) => {
    const rows = group.scenarios.map((scenario) => {
      const cells = titles.map((title) =>
        cell(
          group,
          scenario,
          outcomes.filter(({ host }) => host.title === title),
          reasons,
        ),
      );
      return row([`${scenario.id}: ${scenario.says}`, ...cells]);
    });
    const head = [row(['', ...titles]), row(['---', ...titles.map(() => '---')])];
    return [`## ${group.name}`, '', group.about, '', ...head, ...rows, ''].join('\n');
  });
  return [HEAD, ...tables, '## Where it does not apply', '', ...reasons.list(), ''].join('\n');
}
