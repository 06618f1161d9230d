// Views for the tests of the page: a mesh in which everything that it draws occurs, and one as large as it has to stay readable.

import { parseCidr } from '../../src/model/addresses/cidr.ts';
import type { PairResult, PlannedAddresses, View } from '../../src/report/report.ts';
import { hostile, view } from './views.ts';

type Pair = PairResult;

/** `10.48.0.0/16`, `10.48.0.0/16 pool`, or `10.48.0.0/16 pool secondary`; the pool `-` is none. */
export function planned(cluster: string, cidrs: readonly string[], gap: string | null = null): PlannedAddresses {
  return {
    cluster,
    gap,
    ranges: cidrs.flatMap((written) => {
      const [text = '', pool = 'default-ipv4-ippool', rank] = written.split(' ');
      const range = parseCidr(text);
      if (range === null) throw new Error(`${text} is no range`);
      const { family, first, last } = range;
      return [{ family, first, last, text, pool: pool === '-' ? null : pool, rank: rank ? 'secondary' : 'primary' }];
    }),
  };
}

const POOLS = (name: string, cidr: string) =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: ${name}\nspec:\n  cidr: ${cidr}\n  vxlanMode: Always\n  natOutgoing: true\n`;
const FELIX = (port: number) =>
  `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata:\n  name: default\nspec:\n  vxlanPort: ${port}\n  vxlanVNI: 4096\n`;

const pair = (
  from: string,
  to: string | null,
  remote: string | null,
  verdict: Pair['verdict'],
  ...because: string[]
): Pair => ({
  from,
  to,
  remote,
  verdict,
  because,
});

/** Five clusters with an overlap, a port that differs, remotes that lead one way, none and outside, and a cluster that was half exported. */
export const rich: View = view({
  clusters: ['eu-1', 'eu-2', 'lab', 'us-east', 'us-west'],
  files: {
    'us-east/ippools.yaml': POOLS('default-ipv4-ippool', '10.48.0.0/16'),
    'us-west/ippools.yaml': `# exported by the platform team\n${POOLS('pods-west', '10.48.128.0/17')}`,
    'eu-2/felixconfigurations.yaml': FELIX(4790),
    'eu-1/felixconfigurations.yaml': FELIX(4789),
    'lab/ippools.yaml': POOLS('default-ipv4-ippool', '10.51.0.1/16'),
  },
  missing: { lab: { felix: 'no FelixConfiguration in the input', secrets: 'no Secret in the input' } },
  verdicts: {
    'aligned-vxlan': { lab: 'unknown', 'eu-2': 'fail' },
    'aligned-route-source': { lab: 'unknown' },
    'bidirectional-remotes': { 'eu-1': 'fail', lab: 'unknown' },
    'access-secret': { lab: 'unknown' },
    'supported-version': { 'us-west': 'warn' },
    'node-reachability': 'unknown',
    'overlay-port-open': 'unknown',
    'aligned-wireguard': 'not-applicable',
  },
  findings: [
    {
      rule: 'pod-cidr-overlap',
      requirement: 'disjoint-pod-cidrs',
      clusters: ['us-east', 'us-west'],
      text: 'pod range 10.48.0.0/16 of us-east contains 10.48.128.0/17 of us-west, they share 32,768 addresses',
      at: [
        {
          cluster: 'us-east',
          name: 'default-ipv4-ippool',
          path: 'spec.cidr',
          note: '10.48.0.0 - 10.48.255.255',
          in: 'us-east/ippools.yaml',
          mark: '10.48.0.0/16',
        },
        {
          cluster: 'us-west',
          name: 'pods-west',
          path: 'spec.cidr',
          note: 'lies wholly inside it',
          in: 'us-west/ippools.yaml',
          mark: '10.48.128.0/17',
        },
      ],
      fix: {
        title:
          'give us-west a range that nothing in the input uses, for instance 10.55.0.0/17, then migrate its workloads',
        command:
          "kubectl --context us-west apply -f - <<'EOF'\napiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: pods-10-55-0-0-17\nspec:\n  cidr: 10.55.0.0/17\n  vxlanMode: Always\nEOF",
      },
    },
    {
      rule: 'pod-cidr-overlap',
      requirement: 'disjoint-pod-cidrs',
      verdict: 'note',
      clusters: ['lab'],
      text: 'cidr 10.51.0.1/16 of IPPool default-ipv4-ippool in lab has host bits set',
      at: [
        {
          cluster: 'lab',
          name: 'default-ipv4-ippool',
          path: 'spec.cidr',
          note: 'stands for 10.51.0.0/16',
          in: 'lab/ippools.yaml',
          mark: '10.51.0.1/16',
        },
      ],
      fix: { title: 'write 10.51.0.0/16' },
    },
    {
      rule: 'vxlan-port-aligned',
      requirement: 'aligned-vxlan',
      clusters: ['eu-2'],
      text: 'vxlanPort is 4790 in eu-2, but 4789 in eu-1, us-east and us-west',
      at: [
        {
          cluster: 'eu-2',
          kind: 'FelixConfiguration',
          name: 'default',
          path: 'spec.vxlanPort',
          note: 'differs from the other clusters',
          in: 'eu-2/felixconfigurations.yaml',
          mark: '4790',
        },
        {
          cluster: 'eu-1',
          kind: 'FelixConfiguration',
          name: 'default',
          path: 'spec.vxlanPort',
          note: 'the same in us-east and us-west',
          in: 'eu-1/felixconfigurations.yaml',
          mark: '4789',
        },
      ],
      fix: {
        title: 'set the port of the others',
        command:
          'kubectl --context eu-2 patch felixconfiguration default --type merge -p \'{"spec":{"vxlanPort":4789}}\'',
      },
    },
    {
      rule: 'version-skew',
      requirement: 'supported-version',
      verdict: 'warn',
      clusters: ['us-west'],
      text: 'us-west runs 3.22.1, but the others run 3.21.2',
      at: [
        { cluster: 'us-west', kind: 'ClusterInformation', name: 'default', path: 'spec.cnxVersion', note: 'v3.22.1' },
      ],
    },
    {
      rule: 'vxlan-port-aligned',
      requirement: 'aligned-vxlan',
      verdict: 'unknown',
      clusters: ['lab'],
      text: 'FelixConfigurations of lab are needed',
      fix: {
        title: 'export the FelixConfigurations of lab',
        command:
          'kubectl --context lab get felixconfigurations.projectcalico.org -o yaml > lab/felixconfigurations.yaml',
      },
      reason: 'missing-input',
    },
    {
      rule: 'access-secret-present',
      requirement: 'access-secret',
      verdict: 'unknown',
      clusters: ['lab'],
      text: 'Secrets of lab are needed',
      fix: {
        title: 'export the Secrets of lab',
        command: 'kubectl --context lab get secrets -n calico-system -o yaml > lab/secrets.yaml',
      },
      reason: 'missing-input',
    },
    {
      rule: 'node-addresses-reachable',
      requirement: 'node-reachability',
      verdict: 'unknown',
      clusters: [],
      text: 'whether nodes reach each other cannot be told from the input',
      fix: { title: 'try it from a node of each cluster', command: 'ping -c 3 10.0.0.1' },
      reason: 'needs-probe',
    },
    {
      rule: 'federation-role',
      requirement: 'federation-account',
      clusters: ['eu-1'],
      text: 'ClusterRole tigera-federation-remote-cluster is not in eu-1',
      suppressed: 'is installed next week',
    },
  ],
  differing: [
    pair('us-east', 'us-west', 'us-west', 'fail', 'pod-cidr-overlap'),
    pair('us-west', 'us-east', 'us-east', 'fail', 'pod-cidr-overlap'),
    pair('eu-1', 'us-west', null, 'fail', 'remotes-lead-both-ways'),
    ...['eu-1', 'lab', 'us-east', 'us-west'].flatMap((other) => [
      pair('eu-2', other, other, 'fail', 'vxlan-port-aligned'),
      pair(other, 'eu-2', 'eu-2', 'fail', 'vxlan-port-aligned'),
    ]),
    ...['eu-1', 'us-east', 'us-west'].flatMap((other) => [
      pair('lab', other, null, 'unknown', 'access-secret-present'),
      pair(other, 'lab', 'lab', 'unknown', 'vxlan-port-aligned'),
    ]),
    pair('lab', null, 'old-lab', 'unknown', 'access-secret-present'),
  ],
  problems: [{ cluster: 'lab', uri: 'lab/nodes.yaml', line: 212, column: 7, why: 'duplicate key "name"' }],
  addressPlan: [
    planned('eu-1', ['10.49.0.0/16', '10.200.7.0/24 egress-gateways secondary', 'fd00:10:49::/56 default-ipv6-ippool']),
    planned('eu-2', ['10.50.0.0/16', '192.168.44.0/26 tunnels secondary', 'fd00:10:50::/56 default-ipv6-ippool']),
    planned('lab', ['10.51.0.0/16'], 'no IPAMConfiguration in the input'),
    planned('us-east', ['10.48.0.0/16', '172.20.0.0/20 batch']),
    planned('us-west', ['10.48.128.0/17 pods-west', '172.21.0.0/20 -', 'fd00:10:50:80::/60 default-ipv6-ippool']),
  ],
});

const names = Array.from({ length: 40 }, (_, i) => `${i % 3 === 0 ? 'production-eu-central' : 'staging-us'}-${i + 1}`);

/** Forty clusters, with errors and questions in some of them. */
export const forty: View = view({
  clusters: names,
  verdicts: { 'aligned-vxlan': { [names[4] ?? '']: 'fail' }, 'node-reachability': 'unknown' },
  missing: Object.fromEntries(names.slice(10, 14).map((name) => [name, { secrets: 'no Secret in the input' }])),
  findings: [
    ...[3, 17].map((i) => ({
      rule: 'pod-cidr-overlap',
      requirement: 'disjoint-pod-cidrs' as const,
      clusters: [names[i] ?? '', names[i + 1] ?? ''],
      text: `pod CIDRs of ${names[i]} and ${names[i + 1]} overlap`,
    })),
    ...names.slice(10, 14).map((name) => ({
      rule: 'access-secret-present',
      requirement: 'access-secret' as const,
      verdict: 'unknown' as const,
      clusters: [name],
      text: `Secrets of ${name} are needed`,
      data: { cluster: name },
      reason: 'missing-input' as const,
      fix: { title: 'export them', command: `kubectl --context ${name} get secrets -n calico-system -o yaml` },
    })),
  ],
  differing: [3, 17].flatMap((i) => [
    pair(names[i] ?? '', names[i + 1] ?? '', null, 'fail', 'pod-cidr-overlap'),
    pair(names[i + 1] ?? '', names[i] ?? '', names[i] ?? '', 'fail', 'pod-cidr-overlap'),
  ]),
  addressPlan: names.map((name, i) => {
    const shared = i === 4 || i === 18 ? `10.${(i - 1) * 2}.128.0/17` : `10.${i * 2}.0.0/16`;
    return planned(
      name,
      [shared, `172.${16 + (i % 16)}.${i}.0/24 extra`],
      i === 20 ? 'Azure gives them addresses' : null,
    );
  }),
});

/** Hostile names in drawings, too. */
export const forged: View = {
  ...hostile,
  addressPlan: () =>
    hostile.report.clusters.map(({ name }, i) => planned(name, [`10.${i}.0.0/16 "><script>${i}</script>`], name)),
};

/** Eight clusters with twenty pools each, most of which overlap one of another: more than one page is wide. */
export const pools: View = (() => {
  const clusters = Array.from({ length: 8 }, (_, i) => `many-0${i + 1}`);
  const cidr = (i: number, k: number) => `10.${100 + ((i * 2 + k) % 24)}.${(k * 64) % 256}.0/${18 + (k % 6)}`;
  const addressPlan = clusters.map((name, i) =>
    planned(
      name,
      [
        `10.${i}.128.0/17 ${'p'.repeat(240)}`,
        ...Array.from({ length: 20 }, (_, k) => `${cidr(i, k)} extra-pool-number-${k}`),
      ],
      i > 5 ? 'no IPAMConfiguration in the input' : null,
    ),
  );
  return view({ clusters, addressPlan });
})();

/** As many clusters, with names as long, as stand side by side without being turned, or not quite. */
export const crowds: Readonly<Record<string, View>> = Object.fromEntries(
  [
    ['7 short', 7, 'c'],
    ['8 short', 8, 'c'],
    ['10 short', 10, 'c'],
    ['6 of 14', 6, 'eu-central-12'],
    ['10 of 14', 10, 'eu-central-12'],
    ['12 long', 12, 'production-eu-central-12-blue'],
    ['60 of 7', 60, 'eu-west'],
    ['125 short', 125, 'c'],
  ].map(([name, n, prefix]) => {
    const clusters = Array.from({ length: Number(n) }, (_, i) => `${prefix}${i}`);
    const differing = clusters
      .slice(1)
      .map((to) => pair(clusters[0] ?? '', to, null, 'fail', 'remotes-lead-both-ways'));
    return [name, view({ clusters, differing })];
  }),
);
