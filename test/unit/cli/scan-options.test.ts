import { describe, expect, it } from 'vitest';

import { readScanOptions, type ScanOptions } from '../../../src/cli/scan-options.js';

const given: ScanOptions = { engine: 'auto', retries: '1', exclude: [], fragile: [], ports: '22,80' };
const read = (options: Partial<ScanOptions>) => readScanOptions({ ...given, ...options });

describe('the options of a scan', () => {
  it('leave the rest to what is polite, and believe a SYN-ACK', () => {
    const { seed, ports, ...settings } = read({});
    expect(`${ports}`).toBe('22,80');
    expect(Number.isInteger(seed)).toBe(true);
    expect(settings).toEqual({
      engine: 'auto',
      rates: {},
      timeoutMs: 2000,
      retries: 1,
      verify: false,
      from: 0,
    });
  });

  it.each([
    [{ timing: 'near' }, 5000],
    [{ timing: 'region' }, 10_000],
    [{ timing: 'far' }, 15_000],
    [{ timeout: '300' }, 300],
  ])('%j: a time-out, or the distance that stands for one', (options, timeoutMs) => {
    expect(read(options).timeoutMs).toBe(timeoutMs);
  });

  it.each([
    [{ rate: '700' }, { ratePerSecond: 700 }],
    [
      { ratePerHost: '5', ratePerSubnet: '9' },
      { ratePerHost: 5, ratePerSubnet: 9 },
    ],
    [{ rate: 'max' }, { ratePerSecond: Infinity, ratePerHost: Infinity, ratePerSubnet: Infinity }],
    [
      { rate: 'max', ratePerHost: '5' },
      { ratePerSecond: Infinity, ratePerHost: 5, ratePerSubnet: Infinity },
    ],
  ])('%j: max lifts every cap that is not given', (options, rates) => {
    expect(read(options).rates).toEqual(rates);
  });

  it('carry what is meant for the sockets', () => {
    const settings = read({
      ...{ hostDeadline: '90', verify: true, source: '2001:DB8::0001', interface: 'eth0.7' },
      ...{ fragile: ['203.0.113.40/29'], seed: '7', resume: '12' },
    });
    expect(settings).toMatchObject({
      ...{ hostDeadlineMs: 90_000, verify: true, source: '2001:db8::1', interfaceName: 'eth0.7' },
      ...{ seed: 7, from: 12 },
    });
    expect(settings.fragile!.toStrings()).toEqual(['203.0.113.40/29']);
  });

  it.each<[Partial<ScanOptions>, string]>([
    [{ engine: 'warp' }, "'warp' is no engine; expected auto, syn, connect or portable"],
    [{ timing: 'away' }, "--timing 'away' is no distance; expected near, region, far"],
    [{ timing: 'constructor' }, "--timing 'constructor' is no distance"],
    [{ timing: 'far', timeout: '300' }, '--timeout and --timing contradict each other'],
    [{ state: 'a', resume: '1', seed: '1' }, '--state and --resume contradict each other'],
    [{ rate: '0' }, "--rate '0'"],
    [{ ratePerHost: 'max' }, "--rate-per-host 'max'"],
    [{ ratePerSubnet: '-1' }, "--rate-per-subnet '-1'"],
    [{ hostDeadline: '0' }, "--host-deadline '0'"],
    [{ resume: '5' }, '--resume needs the --seed'],
    [{ resume: 'x', seed: '1' }, "--resume 'x'"],
    [{ seed: '4294967296' }, "--seed '4294967296'"],
    [{ source: 'localhost' }, "--source 'localhost' is no address"],
    [{ source: '127.0.0.1/8' }, "--source '127.0.0.1/8' is no address"],
    [{ interface: 'eth0 up' }, "--interface 'eth0 up' is no name of an interface"],
    [{ interface: 'a-name-of-sixteen' }, 'is no name of an interface'],
    [{ fragile: ['printer.example.test'] }, "--fragile 'printer.example.test' is a name"],
  ])('%j is refused', (options, message) => {
    expect(() => read(options)).toThrow(message);
  });
});
