/*
 * What stood at the beginning of a period, what came and went, and what stood at its end: a sheet that ties out, or it is refused. Pure.
 *
 * Two accounts: `open` is what waits for somebody (open or acknowledged), `accepted` what somebody has accepted as a risk. What is only
 * suspected is in neither: nobody believes it yet. Steps are counted, not findings: what came and went twice counts twice.
 */
import { z } from 'zod';

const count = z.int().min(0);

export const Accounts = z.object({ open: count, accepted: count });
export type Accounts = z.infer<typeof Accounts>;

/** What may happen to a finding, as far as the accounts are concerned. */
export const MOVES = [
  'opened', // for the first time
  'reopened', // it had been over
  'accepted', // from open
  'expired', // accepted until a day that has passed
  'withdrawn', // no longer accepted, by somebody's hand or the inventory's
  'repaired', // a trustworthy look showed it as declared
  'replaced', // it drifts in another way now, which is another finding
  'unwatched', // no audit looks there any more: nobody has seen it repaired
] as const;
export type Move = (typeof MOVES)[number];

export const Balance = z.object({
  opening: Accounts,
  opened: Accounts,
  reopened: Accounts,
  accepted: count.describe('out of what was open'),
  expired: count.describe('back to what is open, as their last day has passed'),
  withdrawn: count.describe('back to what is open before that'),
  repaired: Accounts,
  replaced: Accounts,
  unwatched: Accounts,
  closing: Accounts,
});
export type Balance = z.infer<typeof Balance>;

export type Account = keyof Accounts;

/** One move, into or out of an account; what goes from one to the other is said of the one that it leaves. */
export interface Booked {
  readonly move: Move;
  readonly account: Account;
}

/** How many moves of each kind there were. */
export type BookedSum = ReadonlyMap<string, number>;

export function addBooked(sum: Map<string, number>, { move, account }: Booked, times = 1): void {
  const key = `${move} ${account}`;
  sum.set(key, (sum.get(key) ?? 0) + times);
}

export function sumOfBooked(moves: Iterable<Booked>): BookedSum {
  const sum = new Map<string, number>();
  for (const one of moves) addBooked(sum, one);
  return sum;
}

/** Opening, moves, closing: the three are counted apart from each other, so that they can be held against each other. */
export function balanceOf(opening: Accounts, moves: BookedSum, closing: Accounts): Balance {
  const of = (move: Move, account: Account): number => moves.get(`${move} ${account}`) ?? 0;
  const both = (move: Move): Accounts => ({ open: of(move, 'open'), accepted: of(move, 'accepted') });
  return {
    opening,
    opened: both('opened'),
    reopened: both('reopened'),
    accepted: of('accepted', 'open'),
    expired: of('expired', 'accepted'),
    withdrawn: of('withdrawn', 'accepted'),
    repaired: both('repaired'),
    replaced: both('replaced'),
    unwatched: both('unwatched'),
    closing,
  };
}

/** What the opening and the moves come to. */
export function closingOf(balance: Balance): Accounts {
  const { opening, opened, reopened, accepted, expired, withdrawn, repaired, replaced, unwatched } = balance;
  const stayed = (account: Account): number =>
    opening[account] +
    opened[account] +
    reopened[account] -
    repaired[account] -
    replaced[account] -
    unwatched[account];
  const back = expired + withdrawn;
  return { open: stayed('open') - accepted + back, accepted: stayed('accepted') + accepted - back };
}

export function sumOfBalances(balances: readonly Balance[]): Balance {
  const sum = (pick: (one: Balance) => number): number => balances.reduce((all, one) => all + pick(one), 0);
  const both = (
    name: 'opening' | 'opened' | 'reopened' | 'repaired' | 'replaced' | 'unwatched' | 'closing',
  ) => ({
    open: sum((one) => one[name].open),
    accepted: sum((one) => one[name].accepted),
  });
  return {
    ...{ opening: both('opening'), opened: both('opened'), reopened: both('reopened') },
    accepted: sum((one) => one.accepted),
    expired: sum((one) => one.expired),
    withdrawn: sum((one) => one.withdrawn),
    ...{ repaired: both('repaired'), replaced: both('replaced'), unwatched: both('unwatched') },
    closing: both('closing'),
  };
}

/** Does it tie out? A sentence where it does not. */
export function balanceProblem(balance: Balance): string | null {
  const counted = closingOf(balance);
  for (const account of ['open', 'accepted'] as const)
    if (counted[account] !== balance.closing[account])
      return `what stood ${account} at its beginning and what came and went make ${counted[account]}, ${balance.closing[account]} stood at its end`;
  return null;
}

/** The first number in which two sheets differ. */
export function balanceDifference(one: Balance, other: Balance): string | null {
  for (const [name, left] of Object.entries(one) as Array<[keyof Balance, Accounts | number]>) {
    const right = other[name];
    if (JSON.stringify(left) !== JSON.stringify(right))
      return `${JSON.stringify(left)} for ${name}, and ${JSON.stringify(right)}`;
  }
  return null;
}

/** The first number of which there is more than in all. */
export function balanceExcess(part: Balance, whole: Balance): string | null {
  for (const [name, said] of Object.entries(part) as Array<[keyof Balance, Accounts | number]>) {
    const all = whole[name];
    const isMore =
      typeof said === 'number' || typeof all === 'number'
        ? (said as number) > (all as number)
        : said.open > all.open || said.accepted > all.accepted;
    if (isMore) return `${JSON.stringify(said)} for ${name}, and ${JSON.stringify(all)}`;
  }
  return null;
}
