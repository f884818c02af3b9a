import { describe, expect, test } from 'vitest';
import { AddressSet, formatAddress } from '../../../../src/domain/address-set.js';

// Routes are asked from Linux; asking sends nothing, and needs no privilege.
describe.skipIf(process.platform !== 'linux')('routes of this machine', () => {
  const load = () => import('../../../../src/engine/linux/routes.js');

  test('loopback is left to the kernel, from loopback itself', async () => {
    const { routesTo } = await load();
    const [stretch, ...others] = routesTo(AddressSet.parse('127.0.0.0/9'), {});
    expect(others).toEqual([]);
    expect([formatAddress(stretch!.first), formatAddress(stretch!.last)]).toEqual([
      '127.0.0.0',
      '127.127.255.255',
    ]);
    expect(stretch!.route).toMatchObject({ kind: 'kernel', errno: null, interfaceName: 'lo', gateway: null });
    expect(formatAddress(stretch!.route.source)).toBe('127.0.0.1');
  });

  test('groups and addresses of nobody are never scanned, whatever the tables say', async () => {
    const { routesTo } = await load();
    const wanted = ['224.0.0.1', '255.255.255.255', 'ff02::1', '0.0.0.0', '::', 'fe80::1'];
    const routes = routesTo(AddressSet.unionOf(wanted.map(AddressSet.parse)), {});
    const found = new Map(
      routes.map(({ first, route }) => [formatAddress(first), `${route.kind} ${route.errno}`]),
    );
    expect(wanted.map((text) => found.get(text))).toEqual([
      ...Array(3).fill('none EACCES'),
      ...Array(3).fill('none EINVAL'),
    ]);
  });

  test('an interface or a source that is not there is refused in one plain line', async () => {
    const { RouteError, routesTo } = await load();
    const wanted = AddressSet.parse('127.0.0.1');
    expect(() => routesTo(wanted, { interfaceName: 'nosuch0' })).toThrow(RouteError);
    expect(() => routesTo(wanted, { interfaceName: 'nosuch0' })).toThrow(
      /^there is no interface 'nosuch0' here; expected one of .*\blo\b/,
    );
    expect(() => routesTo(wanted, { source: '203.0.113.77' })).toThrow(
      'the source 203.0.113.77 is not on this machine; expected one of its own addresses',
    );
    expect(() => routesTo(wanted, { source: 'here' })).toThrow("the source 'here' is no address");
  });

  test('a source of the one family reaches nothing of the other', async () => {
    const { routesTo } = await load();
    const routes = routesTo(AddressSet.loopback, { source: '127.0.0.1' });
    expect(routes.at(0)).toMatchObject({ first: 1n, route: { kind: 'none', errno: 'EAFNOSUPPORT' } });
    expect(routes.at(1)!.route.kind).toBe('kernel');
  });
});
