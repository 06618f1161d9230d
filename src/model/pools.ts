// IP pools as Calico uses them: who participates, who drains, which CIDRs pods of a cluster have.

import type { Cidr } from './cidr.ts';
import type { IPPoolFacts } from './facts.ts';

export interface Pool extends IPPoolFacts {
  /** Null when the CIDR does not parse. */
  readonly range: Cidr | null;
  /** Not disabled, and may hold pods. */
  readonly participates: boolean;
  /** Disabled, but still holds IPAM blocks of its own cluster or a local node's tunnel address: live for overlap. */
  readonly draining: boolean;
}
