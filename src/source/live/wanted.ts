// What is asked of a cluster beyond whole kinds: the objects that are read by their names. No I/O.

import { FEDERATION_NAME } from '../../model/access/federation.ts';
import type { KindId } from '../../model/objects/kinds.ts';
import { type Raw, record } from '../../model/objects/raw.ts';
import { environmentReferences } from '../snapshot.ts';

/** Objects of each kind, as far as they were read. */
export type Objects = ReadonlyMap<KindId, readonly Raw[]>;

/** Kinds that may hold what is nobody's business: only certain objects are asked for. */
export const NAMED: ReadonlySet<KindId> = new Set<KindId>(['ConfigMap', 'Secret']);

/** DaemonSets that are read; all of a cluster may be many, and of no interest. */
export const DAEMON_SETS: readonly string[] = ['calico-node', 'calico-node-windows', 'aws-node'];

export interface Name {
  readonly namespace: string;
  readonly name: string;
}

/** Where ConfigMaps that tell who a cluster is are found; more are those that the environment of calico-node refers to. */
const IDENTITY: readonly Name[] = [
  { namespace: 'kube-public', name: 'cluster-info' },
  { namespace: 'kube-system', name: 'kube-root-ca.crt' },
  { namespace: 'kube-system', name: 'kubeadm-config' },
  { namespace: 'tigera-operator', name: 'kubernetes-services-endpoint' },
  { namespace: 'kube-system', name: 'kubernetes-services-endpoint' },
];

export function configMapsOf(objects: Objects): readonly Name[] {
  return [...IDENTITY, ...environmentReferences(objects.get('DaemonSet') ?? []).filter((r) => r.kind === 'ConfigMap')];
}

/** The documented name of the federation account and of its token Secret, in the namespaces of all versions. */
const ACCOUNTS: readonly Name[] = ['calico-system', 'kube-system'].map((namespace) => ({
  namespace,
  name: FEDERATION_NAME,
}));

/** The Secrets that remotes refer to, the token Secret of the federation account, and those that calico-node refers to. */
export function secretsOf(objects: Objects): readonly Name[] {
  const referenced = (objects.get('RemoteClusterConfiguration') ?? []).flatMap(({ spec }) => {
    const { namespace, name } = record(record(spec).clusterAccessSecret);
    return typeof namespace === 'string' && typeof name === 'string' && namespace && name ? [{ namespace, name }] : [];
  });
  const environment = environmentReferences(objects.get('DaemonSet') ?? []).filter((r) => r.kind === 'Secret');
  return [...ACCOUNTS, ...referenced, ...environment];
}
