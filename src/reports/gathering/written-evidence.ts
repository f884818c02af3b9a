/*
 * A snapshot as it is kept: its text, as the bytes that are hashed and stored, and so much of it as the report's page shows beside it.
 */
import { writeJson } from '../../platform/write-json.js';
import { type RestsOn, restsOn } from '../orders/rests-on.js';

export interface WrittenEvidence {
  /** JSON, in UTF-8. */
  readonly text: Uint8Array;
  readonly sha256: string;
  readonly restsOn: RestsOn;
}

export async function writeEvidence(snapshot: object): Promise<WrittenEvidence> {
  const { text, sha256 } = await writeJson(snapshot);
  return { text: new TextEncoder().encode(text), sha256, restsOn: restsOn(snapshot) };
}
