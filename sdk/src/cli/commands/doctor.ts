/** weir doctor: what is installed, what is missing, and how to get it. */

import { runChecks } from '../doctor/checks.js';
import type { Finding } from '../doctor/finding.js';
import { EXIT } from '../errors.js';
import { colorsFor, type Io } from '../io.js';

export interface DoctorOptions {
  runtime?: string;
  json?: boolean;
}

function asText(io: Io, findings: readonly Finding[]): string {
  const { green, red, yellow, dim } = colorsFor(io.stdout, io.env);
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.flatMap(({ name, state, needed, detail, usedFor, hint }) => {
    const mark = state === 'ok' ? green('ok     ') : needed ? red('missing') : yellow('without');
    const shown = [`${mark}  ${name.padEnd(width)}  ${detail}`];
    if (state === 'ok') return shown;
    const indent = ' '.repeat(width + 11);
    return [...shown, dim(`${indent}for ${usedFor}`), `${indent}hint: ${hint}`];
  });
  return lines.join('\n');
}

/** @returns the exit code: 1 when something that is needed is missing */
export async function doctorCommand(io: Io, options: DoctorOptions): Promise<number> {
  const findings = await runChecks(io, options.runtime);
  const ok = findings.every(({ needed, state }) => state === 'ok' || !needed);
  const text = options.json ? JSON.stringify({ ok, checks: findings }) : asText(io, findings);
  io.stdout.write(`${text}\n`);
  return ok ? EXIT.ok : EXIT.failed;
}
