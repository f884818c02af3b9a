/*
 * A picture that an operator gives, as a `data:` URL, where it is whole: a browser draws a broken one as a torn sheet, and says nothing.
 * Pure.
 *
 * A PNG is read by ISO/IEC 15948: its chunks, their checksums, and that its pixels unpack; of an SVG svg-problem.ts says what is wrong. It
 * goes no further than into an `<img>`, where it can run nothing and ask for nothing.
 */
import { crc32, inflateSync } from 'node:zlib';
import { svgProblem } from './svg-problem.js';

export type Picture =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly why: string };

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Four bytes each, once a browser has unpacked them. */
const MOST_PIXELS = 16_000_000;
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export function pictureUrl(bytes: Buffer): Picture {
  const isPng = bytes.subarray(0, PNG.length).equals(PNG);
  const why = isPng ? pngProblem(bytes) : svgProblem(bytes);
  if (why !== null) return { ok: false, why };
  return { ok: true, url: `data:image/${isPng ? 'png' : 'svg+xml'};base64,${bytes.toString('base64')}` };
}

const BROKEN_PNG = 'is a broken PNG';

function pngProblem(bytes: Buffer): string | null {
  let at = PNG.length;
  let header: Buffer | null = null;
  const pixels: Buffer[] = [];
  for (;;) {
    if (at + 12 > bytes.length) return BROKEN_PNG;
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length || crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4))
      return BROKEN_PNG;
    const type = bytes.toString('latin1', at + 4, at + 8);
    const content = bytes.subarray(at + 8, end - 4);
    if (header === null && (type !== 'IHDR' || content.length !== 13)) return BROKEN_PNG;
    header ??= content;
    if (type === 'IDAT') pixels.push(content);
    at = end;
    if (type === 'IEND') break;
  }
  return pixelProblem(header, Buffer.concat(pixels));
}

function pixelProblem(header: Buffer, packed: Buffer): string | null {
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colour, interlace] = [header[8]!, header[9]!, header[12]!];
  const channels = CHANNELS[colour];
  if (width === 0 || height === 0 || channels === undefined || depth > 16) return BROKEN_PNG;
  if (width * height > MOST_PIXELS)
    return `is too large: ${width} × ${height} pixels, at most ${MOST_PIXELS} together`;
  const row = 1 + Math.ceil((width * channels * depth) / 8);
  try {
    // An interlaced one has up to seven rows of its own for each eight.
    const unpacked = inflateSync(packed, { maxOutputLength: 2 * (row + 8) * (height + 8) });
    return interlace === 0 && unpacked.length !== row * height ? BROKEN_PNG : null;
  } catch {
    return BROKEN_PNG;
  }
}
