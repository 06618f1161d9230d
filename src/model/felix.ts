// Effective Felix values per node, with provenance.

import type { Availability } from './availability.ts';

export interface Felix extends Availability {
  readonly todo?: never;
}
