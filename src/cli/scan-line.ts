/*
 * The shape of one line of `portolan scan --json`: one object a host. It may grow; what stands here is relied upon.
 */
import { z } from 'zod';

const ports = z.string().describe('ports in the notation of nmap: 22,80,8000-8100; empty for none');

export const ScanLine = z.object({
  address: z.string(),
  name: z.string().nullable().describe('the DNS name that was asked for, where one was'),
  open: ports,
  closed: ports,
  filtered: ports,
  unreachable: ports,
  unknown: ports.describe('not probed, or a failure of our own: nothing is known of them'),
  probes: z.int().min(0).describe('ports that were looked at'),
  elapsedMs: z.number().min(0),
  engine: z.string().describe('syn, connect or portable: the one that has done it'),
  wildcard: z
    .boolean()
    .optional()
    .describe(
      'true where everything on the host says open (a tarpit, a SYN proxy): no port of it is believed',
    ),
  authorisedBy: z.string().optional(),
});
export type ScanLine = z.infer<typeof ScanLine>;
