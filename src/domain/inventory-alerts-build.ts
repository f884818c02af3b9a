/*
 * Receivers and routes in the domain's words. What a route does not say of its manner, it has from the route above it.
 */
import type { ReceiverShape, RouteShape } from './inventory-alerts-schema.js';
import type { ShapedFile } from './inventory-shape.js';
import type { YamlFile } from './inventory-yaml.js';
import type { Path } from './inventory-yaml-value.js';
import { type Channel, type Receiver, type Route, USUAL_MANNER } from './receiver.js';

export function receiversOf({ yaml, content }: ShapedFile): Receiver[] {
  return content.receivers.map((shape, i) => {
    const { name, details, digest, timezone = 'UTC' } = shape;
    return {
      ...channelOf(shape),
      ...{ name, details },
      digest: digest === undefined ? null : { kind: 'cron', cron: digest, timezone },
      place: yaml.placeOf(['receivers', i]),
    };
  });
}

function channelOf(shape: ReceiverShape): Channel {
  const { name: _, details: __, digest: ___, timezone: ____, ...channel } = shape;
  return channel.type === 'ntfy' ? { ...channel, secret: channel.secret ?? null } : channel;
}

export function routesOf({ yaml, content }: ShapedFile): Route[] {
  return built(content.routes, { ...USUAL_MANNER, to: [] }, { yaml, path: ['routes'] });
}

function built(
  shapes: readonly RouteShape[],
  above: Pick<Route, 'groupBy' | 'waitMs' | 'repeatMs' | 'escalateTo' | 'to'>,
  { yaml, path }: { readonly yaml: YamlFile; readonly path: Path },
): Route[] {
  return shapes.map((shape, i) => {
    const here = [...path, i];
    const manner = {
      groupBy: shape.groupBy ?? above.groupBy,
      waitMs: shape.wait ?? above.waitMs,
      repeatMs: shape.repeat === 'never' ? null : (shape.repeat ?? above.repeatMs),
      escalateTo: shape.escalateTo ?? above.escalateTo,
      to: shape.to ?? above.to,
    };
    return {
      ...manner,
      match: {
        owners: shape.match?.owner ?? [],
        severities: shape.match?.severity ?? [],
        kinds: shape.match?.kind ?? [],
        tags: shape.match?.tag ?? [],
        vantages: shape.match?.vantage ?? [],
        audits: shape.match?.audit ?? [],
      },
      continues: shape.continue,
      routes: built(shape.routes, manner, { yaml, path: [...here, 'routes'] }),
      place: yaml.placeOf(here),
    };
  });
}
