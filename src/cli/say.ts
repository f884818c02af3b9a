/*
 * What commands print: a line that is safe to look at, whatever is in it, or a JSON document.
 */
export async function say(line: string): Promise<void> {
  const { visibleText } = await import('../domain/visible-text.js');
  process.stdout.write(`${visibleText(line)}\n`);
}

interface Checked {
  readonly outcome: 'holds' | 'fails' | 'unchecked';
  readonly says: string;
}

const MARKS = { holds: 'holds      ', fails: 'FAILS      ', unchecked: 'not checked' } as const;

/** One below the other, with what came of each in front. */
export async function sayChecks(checks: readonly Checked[]): Promise<void> {
  const { visibleText } = await import('../domain/visible-text.js');
  for (const { outcome, says } of checks) process.stdout.write(`  ${MARKS[outcome]}  ${visibleText(says)}\n`);
}

export function sayJson(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
}
