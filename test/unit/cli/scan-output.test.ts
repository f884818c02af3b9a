/* What is put together by hand must be the JSON that the schema promises, whatever it says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScanLine } from '../../../src/cli/scan-line.js';
import { addToTally, emptyTally, hostBlock, jsonLine, type ScanFacts } from '../../../src/cli/scan-output.js';
import { nothingObserved } from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { seen } from '../../support/builders.js';

const facts: ScanFacts = { engine: 'syn', authorisedBy: null, elapsedMs: 1, isInterrupted: false };
const planned = PortSet.range(1, 10);
const scanned = (
  observed = seen('203.0.113.7', { open: '1', closed: '2-5', filtered: '6', unknown: '7' }),
) => ({
  ...{ observed, planned, elapsedMs: 3, isWildcard: false },
});

describe('a line of JSON', () => {
  it('holds every port of the plan once; what nobody saw is unknown', () => {
    expect(JSON.parse(jsonLine(scanned(), facts))).toEqual({
      ...{ address: '203.0.113.7', name: null, open: '1', closed: '2-5', filtered: '6', unreachable: '' },
      ...{ unknown: '7-10', probes: 7, elapsedMs: 3, engine: 'syn' },
    });
  });

  it('of a host that says open to everything says so', () => {
    const line = JSON.parse(jsonLine({ ...scanned(), isWildcard: true }, facts));
    expect(line.wildcard).toBe(true);
    expect(ScanLine.parse(line)).toEqual(line);
  });

  it('is what the schema says, whatever a name or an authoriser holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, authorisedBy) => {
        const host = scanned({ ...scanned().observed, name });
        const text = jsonLine(host, { ...facts, authorisedBy });
        expect(text.indexOf('\n')).toBe(text.length - 1);
        const line = ScanLine.parse(JSON.parse(text));
        expect([line.name, line.authorisedBy]).toEqual([name, authorisedBy]);
      }),
    );
  });
});

describe('the table', () => {
  it('lists no port of a host that says open to everything', () => {
    const text = hostBlock({ ...scanned(), isWildcard: true });
    expect(text).toContain('no port is believed');
    expect(text).not.toContain('PORT');
  });

  it('counts each port of the plan once, and says why some are unknown', () => {
    const tally = emptyTally();
    addToTally(tally, scanned());
    addToTally(tally, scanned(nothingObserved('203.0.113.8')));
    expect(tally.ports).toEqual({ open: 1, closed: 4, filtered: 1, unreachable: 0, unknown: 14 });
    expect([...tally.unknownReasons]).toEqual([
      ['not looked at', 13],
      ['EMFILE', 1],
    ]);
  });
});
