/*
 * How many answers are still missing, judged by those that came: a port that answered only to the third SYN says that two
 * exchanges were lost on its path.
 *
 * If each exchange is lost with the chance p, each pass finds p times what the one before it found. So p is what came in
 * all passes but the first, divided by what came in all but the last; a beta prior (one loss in a hundred, with the
 * weight of two exchanges) stands in where little has come. A host is judged by its own answers, with what all hosts show
 * together as its prior. After n passes a · p^n of its a answers are expected to be missing.
 *
 * A change of rate changes the loss: an epoch begins, and the count anew. Hosts beyond the table share places.
 */
const PRIOR_LOST = 0.02;
const PRIOR_EXCHANGES = 2;
const HOSTS_MOST = 2 ** 20;
/** Fewer answers than this say nothing of a loss by themselves. */
const EXCHANGES_TO_JUDGE = 3;

export class Loss {
  private readonly places: number;
  /** Answers by host: all of them, those to the epoch's first pass, those to the present pass. */
  private readonly all: Int32Array;
  private readonly first: Int32Array;
  private readonly last: Int32Array;
  private sums = { all: 0, first: 0, last: 0 };
  private epoch = 0;
  private pass = 0;

  constructor(hosts: number) {
    this.places = Math.max(1, Math.min(hosts, HOSTS_MOST));
    this.all = new Int32Array(this.places);
    this.first = new Int32Array(this.places);
    this.last = new Int32Array(this.places);
  }

  /** The conditions have changed: from this pass on, the loss is another one. */
  beginEpoch(pass: number): void {
    this.epoch = pass;
    this.sums = { all: 0, first: 0, last: 0 };
    this.all.fill(0);
    this.first.fill(0);
    this.beginPass(pass);
  }

  beginPass(pass: number): void {
    this.pass = pass;
    this.sums.last = 0;
    this.last.fill(0);
  }

  /** A host has answered to the SYN of a pass; it may be one that is over. */
  answered(host: number, pass: number): void {
    if (pass < this.epoch) return;
    const place = host % this.places;
    this.all[place]!++;
    this.sums.all++;
    if (pass === this.epoch) {
      this.first[place]!++;
      this.sums.first++;
    }
    if (pass === this.pass) {
      this.last[place]!++;
      this.sums.last++;
    }
  }

  /** A host has answered to the sample between the passes: what the first pass has lost, found again. */
  answeredSample(host: number): void {
    if (this.epoch > 0) return; // The sample showed congestion, and what was before it counts no more.
    this.all[host % this.places]!++;
    this.sums.all++;
  }

  /** Answers in this epoch. */
  get seen(): number {
    return this.sums.all;
  }

  /** Passes of this epoch, the present one included. */
  get passes(): number {
    return this.pass - this.epoch + 1;
  }

  /** The share of exchanges that are lost, as it was seen; null where too little was seen to say. */
  get share(): number | null {
    const { all, first, last } = this.sums;
    return all - last < EXCHANGES_TO_JUDGE ? null : Math.min(1, (all - first) / (all - last));
  }

  /** Answers of a host that are expected to be missing still. */
  missing(host: number): number {
    const place = host % this.places;
    const all = this.all[place]!;
    const lost = all - this.first[place]! + PRIOR_EXCHANGES * this.chance;
    const chance = Math.min(1, lost / (all - this.last[place]! + PRIOR_EXCHANGES));
    return all * chance ** this.passes;
  }

  /** The same of all hosts together, those included that have nothing left to ask. */
  get missingInAll(): number {
    let missing = 0;
    for (let place = 0; place < this.places; place++)
      if (this.all[place]! > 0) missing += this.missing(place);
    return missing;
  }

  /** The chance that an exchange is lost, all hosts together. */
  private get chance(): number {
    const { all, first, last } = this.sums;
    return Math.min(1, (all - first + PRIOR_LOST) / (all - last + PRIOR_EXCHANGES));
  }
}
