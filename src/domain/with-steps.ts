/*
 * The steps of an edit made on plain values: what the file's new text has to say.
 */
import type { Step } from './inventory-edit-steps.js';
import type { Path } from './inventory-yaml-value.js';

/** What the file says once the steps are made; nothing that is given changes. */
export function withSteps(content: unknown, all: readonly Step[]): unknown {
  return all.reduce(withStep, content);
}

function withStep(content: unknown, step: Step): unknown {
  switch (step.step) {
    case 'set':
    case 'rewrite':
      return changedAt(content, step.path, () => step.value);
    case 'unset':
      return changedAt(content, step.path, () => undefined);
    case 'insert':
      return changedAt(content, step.list, (list) =>
        (list as unknown[]).toSpliced(step.at, 0, ...step.values),
      );
    case 'replace':
      return changedAt(content, step.item, () => step.value);
    case 'remove':
      return changedAt(content, step.item.slice(0, -1), (list) =>
        (list as unknown[]).toSpliced(Number(step.item.at(-1)), 1),
      );
    case 'move':
      return changedAt(content, step.item.slice(0, -1), (list) =>
        moved(list as unknown[], Number(step.item.at(-1)), step.to),
      );
  }
}

export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  return list.toSpliced(from, 1).toSpliced(to, 0, list[from]!);
}

function changedAt(value: unknown, path: Path, change: (old: unknown) => unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return change(value);
  if (Array.isArray(value)) return value.with(Number(first), changedAt(value[Number(first)], rest, change));
  const map = (value ?? {}) as Record<PropertyKey, unknown>;
  return { ...map, [first]: changedAt(map[first], rest, change) };
}
