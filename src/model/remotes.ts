// RemoteClusterConfigurations and the clusters they lead to, bound by evidence and never by name alone.

import type { RemoteFacts } from './facts.ts';

export interface Remote extends RemoteFacts {
  readonly todo?: never;
}
