/*
 * The network as a matrix of hosts and ports.
 */
import { Controller } from '@nestjs/common';
import { Needs } from '../platform/permission.js';

@Controller('chart')
@Needs('runs.read')
export class ChartPages {}
