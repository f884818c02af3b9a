/*
 * What changed between two texts, line by line, as people read it: the changed lines with a few unchanged ones around them.
 *
 * Myers' greedy search ("An O(ND) Difference Algorithm", 1986) on what is left once the common start and end are cut off. Texts that
 * have little in common would take it very long, and nobody reads such a difference: they are shown as all taken away, all added.
 */
export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
  /** 1-based; null on the side where the line is not. */
  readonly before: number | null;
  readonly after: number | null;
}

/** Lines that stand together. */
export type Hunk = readonly DiffLine[];

const AROUND = 3;
const MOST_STEPS = 1000;

export function lineDiff(before: string, after: string): Hunk[] {
  return hunks(allLines(linesOf(before), linesOf(after)));
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function allLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const middle = script(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  const kinds = [
    ...Array<DiffLine['kind']>(head).fill('same'),
    ...middle,
    ...Array<DiffLine['kind']>(tail).fill('same'),
  ];
  let [a, b] = [0, 0];
  return kinds.map((kind) => {
    const text = kind === 'new' ? after[b]! : before[a]!;
    return { kind, text, before: kind === 'new' ? null : ++a, after: kind === 'gone' ? null : ++b };
  });
}

/** What to do with each line, in order. */
function script(before: readonly string[], after: readonly string[]): Array<DiffLine['kind']> {
  const trace: Array<Map<number, number>> = [];
  let reach = new Map<number, number>([[1, 0]]);
  for (let steps = 0; steps <= Math.min(MOST_STEPS, before.length + after.length); steps++) {
    trace.push(reach);
    const next = new Map(reach);
    for (let k = -steps; k <= steps; k += 2) {
      let x = isDown(reach, k, steps) ? reach.get(k + 1)! : reach.get(k - 1)! + 1;
      let y = x - k;
      while (x < before.length && y < after.length && before[x] === after[y]) {
        x++;
        y++;
      }
      next.set(k, x);
      if (x >= before.length && y >= after.length) return walkBack(trace, before.length, after.length);
    }
    reach = next;
  }
  return [...before.map(() => 'gone' as const), ...after.map(() => 'new' as const)];
}

const isDown = (reach: ReadonlyMap<number, number>, k: number, steps: number): boolean =>
  k === -steps || (k !== steps && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));

function walkBack(
  trace: ReadonlyArray<Map<number, number>>,
  fromX: number,
  fromY: number,
): Array<DiffLine['kind']> {
  const kinds: Array<DiffLine['kind']> = [];
  let [x, y] = [fromX, fromY];
  for (let steps = trace.length - 1; steps >= 0; steps--) {
    const reach = trace[steps]!;
    const k = x - y;
    const down = isDown(reach, k, steps);
    const beforeX = down ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0);
    const beforeY = beforeX - (down ? k + 1 : k - 1);
    while (x > beforeX && y > beforeY && x > 0 && y > 0) {
      kinds.push('same');
      x--;
      y--;
    }
    if (steps === 0) break;
    kinds.push(down ? 'new' : 'gone');
    [x, y] = [beforeX, beforeY];
  }
  return kinds.reverse();
}

function hunks(lines: readonly DiffLine[]): Hunk[] {
  const found: DiffLine[][] = [];
  let end = -1;
  lines.forEach(({ kind }, at) => {
    if (kind === 'same') return;
    const from = Math.max(0, at - AROUND, end);
    const to = Math.min(lines.length, at + AROUND + 1);
    if (from <= end && found.length > 0) found.at(-1)!.push(...lines.slice(end, to));
    else found.push(lines.slice(from, to));
    end = Math.max(end, to);
  });
  return found;
}
