/*
 * Windows of time: in which nothing is probed, and in which nobody is alerted. Which hold now, and which come next.
 */
import { Controller, Inject } from '@nestjs/common';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { WebViews } from '../platform/web-views.js';
import { windowFacts, windowView } from './window-view.js';

@Controller('windows')
@Needs('runs.read')
export class WindowsPages {
  constructor(
    @Inject(InventoryService) private readonly inventory: InventoryService,
    @Inject(WebViews) private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute()
  async list(): Promise<string> {
    const current = await this.inventory.current();
    const now = this.clock();
    const windows = current ? windowFacts(current.inventory, now).map((one) => windowView(one, now)) : [];
    const holding = windows.filter((one) => one.now !== null).length;
    const view = { windows, holding, version: current?.id ?? '' };
    return this.views.page(
      'pages/scans/windows',
      { title: 'Windows', section: 'audits', path: '/windows' },
      view,
    );
  }
}
