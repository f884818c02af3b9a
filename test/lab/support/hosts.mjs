/*
 * The kinds of hosts in the lab, by their last number: 10.79.0.N and fd78::N. Each behaves alike in both families.
 *
 * What a kind does is nftables and listeners; what a truthful scanner says of it stands beside it, in hosts.test.ts.
 * Connection tracking, which `redirect` needs, is kept to the hosts that redirect: it would cost all others dearly.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inside, startUntilReady } from './network.mjs';

/** Where everything that is sent to a host with an answer on every port ends up. */
const CATCH_ALL = { wildcard: 7001, tarpit: 7002, resetTarpit: 7003 };

export const HOSTS = {
  refusing: 1,
  silent: 3,
  rejecting: 4,
  policed: 5,
  lossy: 6,
  unreachable: 8,
  dark: 9,
  wildcard: 20,
  tarpit: 21,
  resetTarpit: 22,
  resetting: 23,
};

/** Ports of `rejecting`, a hundred each. */
export const REJECTED = {
  prohibited: '1-100',
  hostUnreachable: '101-200',
  portUnreachable: '201-300',
  reset: '301-400',
};

/** @param {number} number */
export const addressesOf = (number) => ({ v4: `10.79.0.${number}`, v6: `fd78::${number}` });

/** The rule for both families; `rest` gets the family's name for ICMP. */
function both(number, rest) {
  const { v4, v6 } = addressesOf(number);
  return [`ip daddr ${v4} ${rest('icmp')}`, `ip6 daddr ${v6} ${rest('icmpv6')}`];
}

const hostUnreachable = (icmp) => (icmp === 'icmp' ? 'host-unreachable' : 'addr-unreachable');

function rejectingRules() {
  const to = (ports, how) => both(HOSTS.rejecting, (icmp) => `tcp dport ${ports} reject with ${how(icmp)}`);
  return [
    ...to(REJECTED.prohibited, (icmp) => `${icmp} type admin-prohibited`),
    ...to(REJECTED.hostUnreachable, (icmp) => `${icmp} type ${hostUnreachable(icmp)}`),
    ...to(REJECTED.portUnreachable, (icmp) => `${icmp} type port-unreachable`),
    ...to(REJECTED.reset, () => 'tcp reset'),
    ...both(
      HOSTS.unreachable,
      (icmp) => `meta l4proto tcp reject with ${icmp} type ${hostUnreachable(icmp)}`,
    ),
  ];
}

/** Everything but its open ports is dropped. */
function silentRules(openPorts) {
  const open =
    openPorts.length > 0 ? both(HOSTS.silent, () => `tcp dport { ${openPorts.join(', ')} } accept`) : [];
  const drop = (number) => both(number, () => 'meta l4proto tcp drop');
  return [...open, ...drop(HOSTS.silent), ...drop(HOSTS.dark)];
}

function catchAllRules() {
  const kinds = /** @type {Array<keyof typeof CATCH_ALL>} */ (Object.keys(CATCH_ALL));
  return kinds.flatMap((kind) => both(HOSTS[kind], () => `meta l4proto tcp redirect to :${CATCH_ALL[kind]}`));
}

function untrackedRules() {
  const numbers = Object.keys(CATCH_ALL).map((kind) => addressesOf(HOSTS[kind]));
  const set = (family) => numbers.map((each) => each[family]).join(', ');
  return [
    `ip daddr { ${set('v4')} } accept`,
    `ip6 daddr { ${set('v6')} } accept`,
    // The catch-all listener's own answers, before they get their real source back.
    `tcp sport { ${Object.values(CATCH_ALL).join(', ')} } accept`,
    'notrack',
  ];
}

const chain = (name, type, rules) => `  chain ${name} {
    type ${type}; policy accept;
    ${rules.join('\n    ')}
  }`;

/**
 * @typedef {object} Conditions
 * @property {number[]} [silentOpen] the open ports of `silent`
 * @property {number} [lossPerMille] of `lossy`, each way
 * @property {number} [policedPerSecond] SYNs that pass to `policed`
 * @property {boolean} [isPlain] without the hosts that redirect or reject: where speed is measured, their rules and
 * the connection tracking would cost every packet
 * @property {ReadonlyArray<{ host: string, port: number }>} [darkBut] 10.78.0.0/16 is silent but for these
 */

/** Half a hundredth of a second's worth at 20,000: enough that one burst of a NIC passes, not more. */
const POLICER_BURST = 100;

/** Dropped before the target's kernel has spent anything on it: a silent /16 costs no more than a real one would. */
function darkRules(darkBut) {
  const places = darkBut.map(({ host, port }) => `${host} . ${port}`).join(', ');
  const open = darkBut.length > 0 ? [`ip daddr . tcp dport { ${places} } accept`] : [];
  return [...open, 'ip daddr 10.78.0.0/16 meta l4proto tcp drop'];
}

/** @param {Conditions} conditions */
function ruleset({ silentOpen = [], lossPerMille = 0, policedPerSecond = 0, isPlain = false, darkBut }) {
  const lossy = addressesOf(HOSTS.lossy);
  const loss = (way) =>
    lossPerMille === 0
      ? []
      : ['ip', 'ip6'].map((family) => {
          const address = family === 'ip' ? lossy.v4 : lossy.v6;
          return `${family} ${way} ${address} meta l4proto tcp numgen random mod 1000 < ${lossPerMille} drop`;
        });
  const police =
    policedPerSecond === 0
      ? []
      : both(
          HOSTS.policed,
          () =>
            `tcp flags syn limit rate over ${policedPerSecond}/second burst ${POLICER_BURST} packets drop`,
        );
  const redirecting = `
${chain('untracked', 'filter hook prerouting priority raw', untrackedRules())}
${chain('untracked_out', 'filter hook output priority raw', untrackedRules())}
${chain('caught', 'nat hook prerouting priority dstnat', catchAllRules())}`;
  const rejecting = isPlain ? [] : rejectingRules();
  const dark = darkBut ? darkRules(darkBut) : [];
  return `table inet hosts {${isPlain ? '' : redirecting}
${chain('input', 'filter hook input priority filter', [...police, ...silentRules(silentOpen), ...rejecting])}
}
table netdev hosts {
${chain('arriving', 'filter hook ingress device v0 priority 0', [...loss('daddr'), ...dark])}
${chain('leaving', 'filter hook egress device v0 priority 0', loss('saddr'))}
}
`;
}

/**
 * Makes the hosts of a network behave; may be called again with other conditions.
 * @param {import('./network.mjs').Network} network
 * @param {Conditions} conditions
 */
export function setConditions(network, conditions) {
  // Added first, so that there is something to delete; one file is one transaction.
  const fresh = ['inet', 'netdev'].map((family) => `add table ${family} hosts\ndelete table ${family} hosts`);
  network.run(network.target, ['nft', '-f', '-'], `${fresh.join('\n')}\n${ruleset(conditions)}`);
}

/** @typedef {{ host: string, port: number, manner: 'quiet' | 'tarpit' | 'reset' }} Listening */

/**
 * What has to listen for the hosts that answer on every port.
 * @type {Listening[]}
 */
export const CATCH_ALL_LISTENERS = ['0.0.0.0', '::'].flatMap((host) => [
  { host, port: CATCH_ALL.wildcard, manner: 'quiet' },
  { host, port: CATCH_ALL.tarpit, manner: 'tarpit' },
  { host, port: CATCH_ALL.resetTarpit, manner: 'reset' },
]);

/**
 * A process in a namespace, the target's unless another one is named, that listens until it is killed or we end.
 * @param {import('./network.mjs').Network} network
 * @param {readonly Listening[]} listening
 * @param {string} folder where its list is written to
 */
export async function listen(network, listening, folder, namespace = network.target) {
  const file = join(folder, `listening-${namespace}.json`);
  writeFileSync(file, JSON.stringify(listening));
  const listener = join(import.meta.dirname, 'listener.mjs');
  return startUntilReady(inside(namespace, [process.execPath, listener, file]));
}
