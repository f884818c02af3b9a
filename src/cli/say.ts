/*
 * What commands print: a line that is safe to look at, whatever is in it, or a JSON document.
 */
export async function say(line: string): Promise<void> {
  const { visibleText } = await import('../domain/visible-text.js');
  process.stdout.write(`${visibleText(line)}\n`);
}

export function sayJson(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
}
