/*
 * Writes a PDF as it comes, object by object. What has no stream goes into compressed object streams (ISO 32000-2 §7.5.7): of a long
 * report, nine bytes of ten are its tags.
 *
 * Trap: it is a hybrid file (§7.5.8.4). Its last table of places is one of lines, as the seal and its verification expect of a print
 * (seal/pdf-signature.ts); what is in object streams stands in a table beside it.
 */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

/** In characters: less packs worse, more costs a reader more for one object. */
const PACK = 128 * 1024;

type Place = { readonly offset: number } | { readonly pack: number; readonly index: number };

export class JoinedFile {
  private readonly chunks: Buffer[] = [];
  private readonly places: Place[] = [];
  private readonly known = new Map<string, number>();
  private waiting: Array<{ readonly number: number; readonly text: string }> = [];
  private waitingSize = 0;
  private size = 0;

  constructor() {
    // Four bytes above 127 tell whoever moves the file that it is no text.
    this.write(Buffer.from('%PDF-1.7\n%\xd3\xeb\xe9\xe1\n', 'latin1'));
  }

  /** A number for what is written later. */
  reserve(): number {
    this.places.push({ offset: -1 });
    return this.places.length;
  }

  add(text: string): number {
    const number = this.reserve();
    this.put(number, text);
    return number;
  }

  put(number: number, text: string): void {
    this.waiting.push({ number, text });
    this.waitingSize += text.length;
    if (this.waitingSize >= PACK) this.pack();
  }

  /** @param entries of its dictionary, but for its length: `/Filter /FlateDecode` */
  addStream(entries: string, bytes: Buffer): number {
    const number = this.reserve();
    this.putStream(number, entries, bytes);
    return number;
  }

  /** The one that is there already, where there is one that is the same. */
  addOnce(text: string, stream: Buffer | null): number {
    const hash = createHash('sha256').update(text, 'latin1').update('\0');
    const key = hash.update(stream ?? '').digest('base64');
    let number = this.known.get(key);
    if (number === undefined) {
      number = stream ? this.addStream(text, stream) : this.add(text);
      this.known.set(key, number);
    }
    return number;
  }

  finish(root: number, info: number | null): Buffer {
    this.pack();
    const ends = `/Root ${root} 0 R${info === null ? '' : ` /Info ${info} 0 R`}`;
    const beside = this.addPackedPlaces(ends);
    const table = this.size;
    const lines = this.runs((place) => 'offset' in place).map(({ first, count }) => {
      const rows = this.places.slice(first - 1, first - 1 + count).map((place) => line(place));
      return `${first} ${count}\n${rows.join('')}`;
    });
    const trailer = `trailer\n<</Size ${this.places.length + 1} ${ends} /XRefStm ${beside}>>\nstartxref\n${table}\n%%EOF\n`;
    this.write(Buffer.from(`xref\n0 1\n0000000000 65535 f \n${lines.join('')}${trailer}`, 'latin1'));
    return Buffer.concat(this.chunks, this.size);
  }

  private putStream(number: number, entries: string, bytes: Buffer): number {
    const offset = this.size;
    this.places[number - 1] = { offset };
    this.write(
      Buffer.from(`${number} 0 obj\n<<${entries}/Length ${bytes.length}>>\nstream\n`, 'latin1'),
      bytes,
      Buffer.from('\nendstream\nendobj\n', 'latin1'),
    );
    return offset;
  }

  private pack(): void {
    const packed = this.waiting;
    if (packed.length === 0) return;
    this.waiting = [];
    this.waitingSize = 0;
    const pack = this.reserve();
    let at = 0;
    const heads = packed.map(({ number, text }, index) => {
      this.places[number - 1] = { pack, index };
      const head = `${number} ${at}`;
      at += text.length + 1;
      return head;
    });
    const first = `${heads.join(' ')}\n`;
    const bytes = Buffer.from(`${first}${packed.map(({ text }) => `${text}\n`).join('')}`, 'latin1');
    const entries = `/Type /ObjStm /N ${packed.length} /First ${first.length} /Filter /FlateDecode `;
    this.putStream(pack, entries, deflateSync(bytes));
  }

  private addPackedPlaces(ends: string): number {
    const number = this.reserve();
    const runs = this.runs((place) => 'pack' in place);
    const rows = runs.flatMap(({ first, count }) => this.places.slice(first - 1, first - 1 + count));
    const bytes = Buffer.alloc(7 * rows.length);
    rows.forEach((place, row) => {
      if (!('pack' in place)) return;
      bytes.writeUInt8(2, 7 * row);
      bytes.writeUInt32BE(place.pack, 7 * row + 1);
      bytes.writeUInt16BE(place.index, 7 * row + 5);
    });
    const index = runs.map(({ first, count }) => `${first} ${count}`).join(' ');
    const entries = `/Type /XRef /Size ${this.places.length + 1} /W [1 4 2] /Index [${index}] ${ends} /Filter /FlateDecode `;
    return this.putStream(number, entries, deflateSync(bytes));
  }

  /** Numbers that follow each other. */
  private runs(isOne: (place: Place) => boolean): Array<{ readonly first: number; count: number }> {
    const runs: Array<{ readonly first: number; count: number }> = [];
    this.places.forEach((place, index) => {
      if (!isOne(place)) return;
      const last = runs.at(-1);
      if (last && last.first + last.count === index + 1) last.count++;
      else runs.push({ first: index + 1, count: 1 });
    });
    return runs;
  }

  private write(...chunks: Buffer[]): void {
    for (const chunk of chunks) {
      this.chunks.push(chunk);
      this.size += chunk.length;
    }
  }
}

/** Twenty bytes, as the standard has it; what was reserved and never written is free. */
function line(place: Place): string {
  const offset = 'offset' in place ? place.offset : -1;
  return offset < 0 ? '0000000000 00000 f \n' : `${String(offset).padStart(10, '0')} 00000 n \n`;
}
