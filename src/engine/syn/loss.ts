/*
 * How many answers are still missing, judged by those that came: a port that answered only to the third SYN says that two
 * packets were lost on its path.
 *
 * For each host the chance that one exchange is lost is estimated from its own answers, with what all hosts together show
 * as the prior, and one loss in a hundred as the prior of that (a beta distribution with the weight of ten exchanges).
 * After n exchanges a · p^n of a host's answers are expected to be missing. A change of rate changes the loss, so that
 * the count begins anew with an epoch. Hosts beyond the table share places: then they are judged together.
 */
const PRIOR_LOST = 0.1;
const PRIOR_EXCHANGES = 10;
const HOSTS_MOST = 2 ** 20;

export class Loss {
  private readonly places: number;
  /** By host: answers, and the exchanges before them that were lost. */
  private readonly answers: Int32Array;
  private readonly lost: Int32Array;
  private allAnswers = 0;
  private allLost = 0;
  /** The pass with which the present epoch begins. */
  private epoch = 0;

  constructor(hosts: number) {
    this.places = Math.max(1, Math.min(hosts, HOSTS_MOST));
    this.answers = new Int32Array(this.places);
    this.lost = new Int32Array(this.places);
  }

  /** A host has answered to the SYN of a pass, counted from 0. */
  answered(host: number, pass: number): void {
    if (pass < this.epoch) return;
    const place = host % this.places;
    this.answers[place]!++;
    this.allAnswers++;
    this.lost[place]! += pass - this.epoch;
    this.allLost += pass - this.epoch;
  }

  /** The conditions have changed: from this pass on, the loss is another one. */
  begin(pass: number): void {
    this.epoch = pass;
    this.allLost = 0;
    this.allAnswers = 0;
    this.answers.fill(0);
    this.lost.fill(0);
  }

  /** Exchanges that are judged in this epoch. */
  get exchanges(): number {
    return this.allAnswers + this.allLost;
  }

  /** Answers in this epoch. */
  get seen(): number {
    return this.allAnswers;
  }

  /** The chance that one exchange, there or back, is lost, all hosts together. */
  get rate(): number {
    return (this.allLost + PRIOR_LOST) / (this.exchanges + PRIOR_EXCHANGES);
  }

  /** Answers of a host that are expected to be missing still, after so many exchanges in this epoch. */
  missing(host: number, passes: number): number {
    const place = host % this.places;
    const answers = this.answers[place]!;
    const lost = this.lost[place]!;
    const chance = (lost + PRIOR_EXCHANGES * this.rate) / (answers + lost + PRIOR_EXCHANGES);
    return answers * chance ** Math.max(0, passes - this.epoch);
  }

  /** The same of all hosts together, those included that have nothing left to ask. */
  missingInAll(passes: number): number {
    if (this.places === 1) return this.missing(0, passes);
    let missing = 0;
    for (let place = 0; place < this.places; place++) {
      if (this.answers[place]! > 0) missing += this.missing(place, passes);
    }
    return missing;
  }

  /** Passes since the conditions last changed. */
  passesSince(passes: number): number {
    return passes - this.epoch;
  }
}
