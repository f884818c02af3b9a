/*
 * Where DNS names led when a run began: by name its addresses, and beside it, as `name A` or `name AAAA`, each look-up that
 * failed. No name holds a space.
 *
 * A look-up that failed is no answer, and least of all the answer that there is nothing: what it would have said is unknown,
 * and what an earlier one has said still stands.
 */
export type Resolved = ReadonlyMap<string, readonly string[]>;

export type RecordType = 'A' | 'AAAA';
const RECORD_TYPES: readonly RecordType[] = ['A', 'AAAA'];

/** What a look-up that failed is kept as. */
export const failureKey = (name: string, type: RecordType): string => `${name} ${type}`;

export const recordTypeOf = (address: string): RecordType => (address.includes(':') ? 'AAAA' : 'A');

/** The look-ups of a name that failed. */
export const failedOf = (resolved: Resolved, name: string): RecordType[] =>
  RECORD_TYPES.filter((type) => resolved.has(failureKey(name, type)));

export const hasFailed = (resolved: Resolved): boolean =>
  Array.from(resolved.keys()).some((key) => key.includes(' '));

/** What is known by two of them: an older answer counts where the newer look-up failed. */
export function knownBy(newer: Resolved, older: Resolved): Resolved {
  const known = new Map(newer);
  for (const [name, addresses] of newer) {
    for (const type of failedOf(newer, name)) {
      const before = (older.get(name) ?? []).filter((address) => recordTypeOf(address) === type);
      known.set(name, [...(known.get(name) ?? addresses), ...before].sort());
      if (!older.has(failureKey(name, type))) known.delete(failureKey(name, type));
    }
  }
  return known;
}
