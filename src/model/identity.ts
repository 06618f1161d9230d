// Who a cluster is: everything in its own state that another cluster's kubeconfig can be held against.

import type { Availability } from './availability.ts';
import type { Sourced } from './resource.ts';

export interface Identity extends Availability {
  readonly kubeSystemUID: string | null;
  readonly clusterGUID: string | null;
  /** SHA-256 fingerprints (hex) of the cluster's CA. */
  readonly caFingerprints: readonly Sourced<string>[];
  /** API server addresses, normalised to `host:port` in lower case. */
  readonly servers: readonly Sourced<string>[];
}
