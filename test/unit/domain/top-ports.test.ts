import { describe, expect, test } from 'vitest';
import { PortSet } from '../../../src/domain/port-set.js';
import { serviceName, TOP_PORTS_MOST, topPorts } from '../../../src/domain/top-ports.js';

describe('the top ports', () => {
  test('every count from 1 to 1000 gives that many ports, and contains the ones before it', () => {
    let before = PortSet.empty;
    for (let count = 1; count <= TOP_PORTS_MOST; count++) {
      const ports = topPorts(count);
      expect(ports.size).toBe(count);
      expect(before.subtract(ports).isEmpty).toBe(true);
      before = ports;
    }
  });

  test('what is found everywhere is among the first hundred', () => {
    const wanted = PortSet.parse('21-23,25,53,80,110,143,443,445,3306,3389,5432,6379,8080,27017');
    expect(wanted.subtract(topPorts(100)).toString()).toBe('');
  });

  test.each([0, -1, 1001, 1.5, Number.NaN])('a top %s is refused', (count) => {
    expect(() => topPorts(count)).toThrow(/expected a whole number from 1 to 1000/);
  });
});

describe('the name of a port', () => {
  test.each([
    [22, 'ssh'],
    [80, 'http'],
    [443, 'https'],
    [3306, 'mysql'],
    [3389, 'ms-wbt-server'],
    [5432, 'postgresql'],
    [6379, 'redis'],
    [27017, 'mongod'],
  ])('port %i is called %s', (port, name) => {
    expect(serviceName(port)).toBe(name);
  });

  test('a port where nothing usually lives has no name', () => {
    expect(serviceName(64999)).toBeNull();
    expect(serviceName(8085)).toBeNull();
  });

  test('every name is a plain word of the kind that IANA allows', () => {
    const names = Array.from(PortSet.all, serviceName).filter((name) => name !== null);
    expect(names.length).toBeGreaterThan(500);
    expect(names.filter((name) => !/^[a-z0-9][a-z0-9-]*$/.test(name))).toEqual([]);
  });
});
