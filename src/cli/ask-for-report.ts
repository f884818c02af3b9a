/*
 * Asks for a report, of the database or of the service that holds it, and waits for its end. A service makes it in its turn; where the
 * database is at hand this process works at the queue too, for perhaps nobody else does.
 */
import type { Context } from '../context.js';
import { COMMAND_LINE } from '../domain/access.js';
import { pause } from '../platform/loop.js';
import type { OrderAnswer } from '../reports/report-answers.js';
import { interruptSignal } from './interrupt.js';

type App = Context['app'];

const LOOK_EVERY_MS = 1000;

/** @param waits whether it is to be made before this returns, where the database is at hand */
export async function askForReport(body: unknown, waits: boolean): Promise<OrderAnswer> {
  const { OrdersApi } = await import('../reports/orders/orders.api.js');
  return onOrders(
    async (app) => {
      const order = await app.get(OrdersApi).ask(COMMAND_LINE, body);
      return waits ? workUntilSettled(app, order.id) : order;
    },
    { path: '/api/v1/reports', body },
  );
}

/** Looks again until nothing more happens to it, or somebody has had enough. */
export async function untilSettled(asked: OrderAnswer): Promise<OrderAnswer> {
  const signal = interruptSignal();
  let order = asked;
  while (!order.isSettled && !signal.aborted) {
    await pause(LOOK_EVERY_MS, signal);
    if (!signal.aborted)
      order = await onOrders((app) => workUntilSettled(app, asked.id), {
        path: `/api/v1/reports/orders/${asked.id}`,
      });
  }
  return order;
}

/** Draws and prints what is in the queue, this one among it. */
async function workUntilSettled(app: App, id: string): Promise<OrderAnswer> {
  const [{ OrdersApi }, { OrderClerk }, { ReportPress }] = await Promise.all([
    import('../reports/orders/orders.api.js'),
    import('../reports/orders/order-clerk.js'),
    import('../reports/report-press.js'),
  ]);
  const signal = interruptSignal();
  const look = (): Promise<OrderAnswer> => app.get(OrdersApi).one(COMMAND_LINE, id);
  let order = await look();
  for (; !order.isSettled && !signal.aborted; order = await look()) {
    const done = (await app.get(OrderClerk).workOnce()) + (await app.get(ReportPress).workOnce(signal));
    // Another server is at it.
    if (done === 0) await pause(LOOK_EVERY_MS, signal);
  }
  return order;
}

const isOrder = (body: object): body is OrderAnswer => 'isSettled' in body && 'state' in body;

async function onOrders(
  onDatabase: (app: App) => Promise<OrderAnswer>,
  request: { readonly path: string; readonly body?: unknown },
): Promise<OrderAnswer> {
  const [{ readConfig }, { onDatabaseOrService }] = await Promise.all([
    import('../config.js'),
    import('./ask-service.js'),
  ]);
  return (await onDatabaseOrService(readConfig(), onDatabase, request, isOrder)).answer;
}
