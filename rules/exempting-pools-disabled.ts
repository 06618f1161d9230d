// Judges the pools that keep traffic to other clusters from being NATed. Reads nothing but the mesh.

import {
  at,
  defineRule,
  type Exemption,
  enabledExemptions,
  exemptions,
  idleExemptions,
  isMuchWider,
  kubectl,
  names,
  natViews,
  shell,
} from '../src/rule.ts';

const MESH =
  'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#establish-cross-cluster-resource-synchronization';

export default defineRule({
  id: 'exempting-pools-disabled',
  title: 'Pools for pod ranges of other clusters are disabled and do nothing else',
  requirement: 'nat-exclusion',
  severity: 'error',
  compares: true,
  needs: ['ipPools'],
  evidence: ['remotes', 'nodes', 'installations', 'calicoNode', 'configMaps'],
  docs: {
    why: 'Such a pool only tells Calico that a range is one of pods. Enabled, it gives its addresses to local pods, which pods of the other cluster already have. With natOutgoing or an encapsulation it changes traffic that the network is meant to route as it is.',
    fix: 'Set disabled to true, natOutgoing to false, ipipMode and vxlanMode to Never.',
    example: 'spec:\n  cidr: 10.60.0.0/16\n  disabled: true\n  natOutgoing: false',
    sources: [
      { title: 'Creating the cluster mesh: network-provided routing', url: MESH, version: '3.23' },
      {
        title: 'IP pool: the encapsulation of a packet is that of the pool of its destination',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/ippool',
        version: '3.23',
      },
    ],
  },
  messages: {
    enabled:
      'IPPool {pool} of {cluster} covers pods of {others} but is not disabled, so local pods can get their addresses',
    mayBeEnabled:
      'IPPool {pool} of {cluster} covers pods of {others} and is not disabled, which matters if they are connected, and that is not told',
    natOutgoing: {
      text: 'IPPool {pool} of {cluster} covers pods of {others} and has natOutgoing, which has to be off there',
      severity: 'warning',
    },
    encapsulates: {
      text: 'IPPool {pool} of {cluster} covers pods of {others} with {mode}, although the network is to route to them',
      severity: 'warning',
    },
    wide: {
      text: 'IPPool {pool} of {cluster} exempts {cidr} from NAT, far more than the pod ranges of {others}',
      severity: 'note',
    },
    idle: {
      text: 'disabled IPPool {pool} of {cluster} covers {cidr}, where no connected cluster has pods',
      severity: 'note',
    },
  },
  *check(mesh, say) {
    const views = natViews(mesh);
    const enabled = enabledExemptions(views);
    for (const exemption of enabled.proven) {
      yield say.finding('enabled', wordsOf(exemption), repairOf(exemption, 'disabled', true));
    }
    for (const exemption of enabled.open) {
      const command = kubectl(exemption.cluster, 'get remoteclusterconfigurations -o yaml');
      const fix = { title: 'tell which clusters its RemoteClusterConfigurations lead to', command };
      yield say.unknown('mayBeEnabled', wordsOf(exemption), {
        ...whereOf(exemption, 'disabled'),
        reason: 'missing-input',
        fix,
      });
    }
    for (const exemption of exemptions(views)) {
      const { pool } = exemption;
      const data = wordsOf(exemption);
      if (pool.natOutgoing.value) yield say.finding('natOutgoing', data, repairOf(exemption, 'natOutgoing', false));
      const [encapsulation] = pool.encapsulations;
      if (encapsulation) {
        const field = encapsulation === 'VXLAN' ? 'vxlanMode' : 'ipipMode';
        const mode = `${field} ${pool[field].value}`;
        yield say.finding('encapsulates', { ...data, mode }, repairOf(exemption, field, 'Never'));
      }
      if (isMuchWider(exemption)) {
        yield say.finding('wide', { ...data, cidr: pool.cidr.value }, whereOf(exemption, 'cidr'));
      }
    }
    for (const { cluster, pool } of idleExemptions(mesh, views)) {
      const evidence = [at(pool.cidr, 'covers no pods that are known')] as const;
      yield say.finding(
        'idle',
        { pool: pool.ref.name, cluster, cidr: pool.cidr.value },
        { clusters: [cluster], evidence },
      );
    }
    yield say.pass(mesh.clusters.map((c) => c.name));
  },
});

type Field = 'disabled' | 'natOutgoing' | 'cidr' | 'vxlanMode' | 'ipipMode';

function wordsOf({ pool, cluster, others }: Exemption) {
  return { pool: pool.ref.name, cluster, others: names(others) };
}

function whereOf({ pool, cluster, others, ranges }: Exemption, field: Field) {
  return {
    clusters: [cluster],
    against: others,
    evidence: [
      at(pool[field], `${field} of ${pool.ref.name} is ${pool[field].value}`),
      ...ranges.map(({ source, range }) => at(source, `pods in ${range.canonical}`)),
    ],
  } as const;
}

function repairOf(exemption: Exemption, field: Field, value: boolean | string) {
  const { pool, cluster } = exemption;
  const patch = { spec: { [field]: value } };
  const edit = `patch ippool ${shell(pool.ref.name)} --type merge -p ${shell(JSON.stringify(patch))}`;
  return {
    ...whereOf(exemption, field),
    fix: { title: `set ${field} to ${value}`, command: kubectl(cluster, edit), patch },
  };
}
