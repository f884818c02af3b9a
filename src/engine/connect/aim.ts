/*
 * From a probe's index to where connect() is pointed, and to what the host is known by.
 *
 * Some addresses are nobody's: 0.0.0.0 and :: Linux takes for ourselves, and would answer in their name; what goes to many
 * goes to no one. They are refused here by the errnos with which the SYN engine refuses them (linux/routes.ts).
 */
import { interfaceIndex } from '../linux/libc.js';
import { ProbeSpace } from '../probe-space.js';
import type { ConnectOrders } from './board.js';
import { HostPlaces } from './host-places.js';
import { SocketAddress } from './socket-address.js';

export class Aim {
  readonly target: Record<4 | 6, SocketAddress>;
  private readonly space: ProbeSpace;
  private readonly places: HostPlaces;

  constructor({ layout, places, plan }: Pick<ConnectOrders, 'layout' | 'places' | 'plan'>) {
    const scope = plan.interfaceName === null ? 0 : interfaceIndex(plan.interfaceName);
    this.target = { 4: new SocketAddress(4), 6: new SocketAddress(6, scope) };
    this.space = new ProbeSpace(layout);
    this.places = new HostPlaces(places);
  }

  at(index: number): 4 | 6 {
    const { space } = this;
    space.locate(index);
    const family = space.family === 4 ? 4 : 6;
    this.target[family].set(space.w0, space.w1, space.w2, space.w3, space.port);
    return family;
  }

  /** Of the host that `at` has found. */
  get place(): number {
    return this.places.placeOf(this.space.host);
  }

  get subnet(): number {
    return this.places.subnetOf(this.space.host);
  }

  /** Why nothing may be sent there: an errno's name, or null. */
  get refusal(): string | null {
    const { family, w0, w1, w2, w3 } = this.space;
    if (family === 4) {
      if (w3 === 0) return 'EINVAL';
      return w3 >>> 28 === 0xe || w3 === 0xffff_ffff ? 'EACCES' : null;
    }
    if (w0 >>> 24 === 0xff) return 'EACCES';
    return w0 === 0 && w1 === 0 && w2 === 0 && w3 === 0 ? 'EINVAL' : null;
  }
}
