// Pools: who participates and who drains; where pods get their addresses, and where those of different clusters meet.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlaps, parseCidr } from '../../../src/model/addresses/cidr.ts';
import {
  freeRanges,
  podOverlaps,
  podRanges,
  type RankedRange,
  rankedRanges,
} from '../../../src/model/addresses/pod-cidrs.ts';
import { buildPools, hasVxlanPool, isLive, type Pool } from '../../../src/model/addresses/pools.ts';
import type { Listed } from '../../../src/model/availability.ts';
import type { Sections, Text } from '../../../src/model/mesh.ts';
import { type FactsOf, project } from '../../../src/model/objects/project.ts';
import { newReading } from '../../../src/model/objects/reading.ts';
import { parseVersion } from '../../../src/model/platform/version.ts';
import { pathText } from '../../../src/model/resource.ts';
import type { Routing } from '../../../src/requirements.ts';

type Raw = { readonly [key: string]: unknown };

const VXLAN = { vxlanMode: 'Always' };
const PLACEHOLDER = { disabled: true };

function facts<K extends 'IPPool' | 'IPAMBlock' | 'Node' | 'Pod' | 'Installation' | 'DaemonSet'>(
  kind: K,
  name: string,
  body: Raw,
): FactsOf[K] {
  const ref = { cluster: 'a', apiVersion: 'v1', kind, namespace: null, name, origin: null };
  return project(
    kind,
    ref,
    { metadata: { name }, ...body },
    newReading(() => null),
  );
}

function list<T>(items: readonly T[], state: Listed<T>['state'] = 'complete'): Listed<T> {
  return { items, state, why: state === 'complete' ? null : 'no such thing in the input', namespaces: new Set() };
}

const pool = (name: string, cidr: string, spec: Raw = {}) => facts('IPPool', name, { spec: { cidr, ...spec } });
const block = (cidr: string, spec: Raw = { affinity: 'host:n1' }) =>
  facts('IPAMBlock', cidr, { spec: { cidr, ...spec } });
const node = (name: string, annotations: Raw = {}, podCIDRs: readonly string[] = []) =>
  facts('Node', name, { metadata: { name, annotations }, spec: { podCIDRs } });
const pod = (ip: string, more: Raw = {}) =>
  facts('Pod', ip, { status: { podIPs: [{ ip }], phase: 'Running' }, ...more });

function build(
  pools: FactsOf['IPPool'][],
  evidence: { blocks?: FactsOf['IPAMBlock'][]; nodes?: FactsOf['Node'][]; pods?: FactsOf['Pod'][] } = {},
): Listed<Pool> {
  const { blocks = [], nodes = [], pods = [] } = evidence;
  return buildPools({ cluster: 'a', pools: list(pools), blocks: list(blocks), nodes: list(nodes), pods: list(pods) });
}

const named = (pools: Listed<Pool>, is: (pool: Pool) => boolean) => pools.items.filter(is).map((p) => p.ref.name);

describe('participation', () => {
  it('takes an enabled pool that may hold pods', () => {
    const pools = build([
      pool('unset', '10.1.0.0/16'),
      pool('workload', '10.2.0.0/16', { allowedUses: ['Workload'] }),
      pool('tunnel', '10.3.0.0/16', { allowedUses: ['Tunnel'] }),
      pool('load-balancer', '10.4.0.0/16', { allowedUses: ['LoadBalancer'] }),
      pool('disabled', '10.5.0.0/16', { disabled: true }),
      pool('unreadable', '10.6.0.0/33'),
    ]);
    expect(named(pools, (p) => p.participates)).toEqual(['unset', 'workload', 'unreadable']);
    expect(named(pools, (p) => p.range === null)).toEqual(['unreadable']);
    expect(named(pools, isLive)).toEqual(['unset', 'workload', 'unreadable']);
  });

  it('reads the modes as Felix does, disabled or not', () => {
    const pools = build([
      pool('always', '10.1.0.0/16', { vxlanMode: 'Always', disabled: true }),
      pool('cross-subnet', '10.2.0.0/16', { vxlanMode: 'CrossSubnet' }),
      pool('ipip', '10.3.0.0/16', { ipipMode: 'Always', vxlanMode: '' }),
      pool('both', '10.4.0.0/16', { ipipMode: 'Always', vxlanMode: 'Always' }),
      pool('lower-case', '10.5.0.0/16', { vxlanMode: 'always' }),
      pool('legacy', '10.6.0.0/16', { ipip: { enabled: true, mode: 'cross-subnet' } }),
    ]);
    expect(pools.items.map((p) => p.encapsulations)).toEqual([
      ['VXLAN'],
      ['VXLAN'],
      ['IPIP'],
      ['VXLAN', 'IPIP'],
      [],
      ['IPIP'],
    ]);
  });

  it.each<[string | null, boolean]>([
    ['v3.18.2', true],
    ['v3.22.7', true],
    ['v3.23.0-1.0', false],
    ['v3.24.0', false],
    [null, true],
  ])('takes the older fields of %s for what they are there', (version, isHonoured) => {
    const pools = [
      pool('replaced', '10.1.0.0/16', { ipipMode: 'Always', ipip: { enabled: false } }),
      pool('cross-subnet', '10.2.0.0/16', { ipip: { enabled: true, mode: 'cross-subnet' } }),
      pool('always', '10.3.0.0/16', { ipip: { enabled: true } }),
      pool('nat', '10.4.0.0/16', { natOutgoing: false, 'nat-outgoing': true }),
      pool('both', '10.5.0.0/16', { natOutgoing: true, 'nat-outgoing': true }),
      pool('no-nat', '10.6.0.0/16', { natOutgoing: true, 'nat-outgoing': false }),
    ];
    const empty = { blocks: list<never>([]), nodes: list<never>([]) };
    const told = version === null ? null : parseVersion(version);
    const built = buildPools({ cluster: 'a', pools: list(pools), ...empty, version: told });
    const [modes, nats] = [built.items.slice(0, 3), built.items.slice(3)];
    expect(modes.map(({ ipipMode }) => `${ipipMode.value} by ${pathText(ipipMode.path)}`)).toEqual(
      isHonoured
        ? ['Never by spec.ipip', 'CrossSubnet by spec.ipip', 'Always by spec.ipip']
        : ['Always by spec.ipipMode', 'Never by spec.ipipMode', 'Never by spec.ipipMode'],
    );
    expect(nats.map(({ natOutgoing }) => `${natOutgoing.value} by ${pathText(natOutgoing.path)}`)).toEqual([
      isHonoured ? 'true by spec.nat-outgoing' : 'false by spec.natOutgoing',
      'true by spec.natOutgoing',
      'true by spec.natOutgoing',
    ]);
  });

  it('gives tunnel addresses from enabled VXLAN pools that allow it', () => {
    const pools = build([
      pool('good', '10.1.0.0/16', VXLAN),
      pool('tunnel-only', '10.2.0.0/16', { ...VXLAN, allowedUses: ['Tunnel'] }),
      pool('workload-only', '10.3.0.0/16', { ...VXLAN, allowedUses: ['Workload'] }),
      pool('disabled', '10.4.0.0/16', { ...VXLAN, disabled: true }),
      pool('ipip', '10.5.0.0/16', { ipipMode: 'Always' }),
    ]);
    expect(named(pools, (p) => p.givesTunnelAddresses)).toEqual(['good', 'tunnel-only']);
  });

  it('knows the pools for egress gateways', () => {
    const pools = build([
      pool('plain', '10.1.0.0/16', { nodeSelector: "zone == 'x'" }),
      pool('egress', '10.2.0.0/31', { nodeSelector: '! all()' }),
      pool('manual', '10.3.0.0/16', { assignmentMode: 'Manual' }),
    ]);
    expect(named(pools, (p) => p.forEgressGateways)).toEqual(['egress']);
  });
});

describe('draining', () => {
  const placeholder = pool('placeholder', '10.60.0.0/16', PLACEHOLDER);

  it.each([
    ['a block of its own cluster', { blocks: [block('10.60.1.0/26')] }],
    ['a block that is not marked as deleted', { blocks: [block('10.60.1.0/26', { deleted: false })] }],
    ['a block that says nothing of its addresses', { blocks: [block('10.60.1.0/26', {})] }],
    [
      'a block with an address in use that no node owns',
      { blocks: [block('10.60.1.0/26', { allocations: [null, 0] })] },
    ],
    ['a VXLAN tunnel address', { nodes: [node('n1', { 'projectcalico.org/IPv4VXLANTunnelAddr': '10.60.1.0' })] }],
    ['a WireGuard address', { nodes: [node('n1', { 'projectcalico.org/IPv4WireguardInterfaceAddr': '10.60.1.1' })] }],
    ['a pod', { pods: [pod('10.60.1.9')] }],
  ])('is live while it holds %s', (_, evidence) => {
    expect(build([placeholder], evidence).items.map((p) => [p.participates, p.draining])).toEqual([[false, true]]);
  });

  it.each([
    ['nothing', {}],
    ['a block elsewhere', { blocks: [block('10.61.1.0/26')] }],
    [
      'a block that is marked as deleted',
      { blocks: [block('10.60.1.0/26', { affinity: 'host:n1', allocations: [0], deleted: true })] },
    ],
    ['an empty block that no node owns', { blocks: [block('10.60.1.0/26', { allocations: [null, null] })] }],
    ["a node's own address", { nodes: [node('n1', { 'projectcalico.org/IPv4Address': '10.60.1.1/24' })] }],
    [
      'an unreadable tunnel address',
      { nodes: [node('n1', { 'projectcalico.org/IPv4VXLANTunnelAddr': '10.60.01.0' })] },
    ],
    ["a pod of its node's network", { pods: [pod('10.60.1.9', { spec: { hostNetwork: true } })] }],
    ['a pod that has ended', { pods: [pod('10.60.1.9', { status: { podIP: '10.60.1.9', phase: 'Succeeded' } })] }],
  ])('is a placeholder while it holds %s', (_, evidence) => {
    expect(build([placeholder], evidence).items[0]?.draining).toBe(false);
  });

  it('counts an address for the narrowest pool around it', () => {
    const pools = [pool('wide', '10.0.0.0/8', PLACEHOLDER), pool('own', '10.50.0.0/16')];
    expect(named(build(pools, { blocks: [block('10.50.1.0/26')] }), (p) => p.draining)).toEqual([]);
    expect(named(build(pools, { blocks: [block('10.51.1.0/26')] }), (p) => p.draining)).toEqual(['wide']);
  });

  it('counts an address for the enabled one of two equal pools', () => {
    const pools = [pool('a-copy', '10.50.0.0/16', PLACEHOLDER), pool('own', '10.50.0.0/16')];
    expect(named(build(pools, { blocks: [block('10.50.1.0/26')] }), (p) => p.draining)).toEqual([]);
  });

  it('never makes an enabled or a LoadBalancer pool drain', () => {
    const pools = [
      pool('enabled', '10.1.0.0/16'),
      pool('lb', '10.2.0.0/16', { disabled: true, allowedUses: ['LoadBalancer'] }),
    ];
    const blocks = [block('10.1.0.0/26'), block('10.2.0.0/26')];
    expect(named(build(pools, { blocks }), (p) => p.draining)).toEqual([]);
  });
});

describe('hasVxlanPool', () => {
  it.each([
    [true, [pool('p', '10.1.0.0/16', VXLAN)]],
    [false, [pool('p', '10.1.0.0/16', { ...VXLAN, disabled: true })]],
    [false, [pool('p', '10.1.0.0/16', { ...VXLAN, allowedUses: ['Tunnel'] })]],
    [false, [pool('p', '10.1.0.0/16')]],
  ])('is %s', (expected, pools) => {
    expect(hasVxlanPool(build(pools))).toBe(expected);
  });

  it('is undecided while pools may be missing', () => {
    expect(hasVxlanPool({ ...build([pool('p', '10.1.0.0/16')]), state: 'partial' })).toBe('undecided');
    expect(hasVxlanPool({ ...build([pool('p', '10.1.0.0/16', VXLAN)]), state: 'partial' })).toBe(true);
  });

  it('looks at one family where asked', () => {
    const pools = build([pool('p', '10.1.0.0/16', VXLAN), pool('q', 'fd00::/64')]);
    expect([hasVxlanPool(pools, 4), hasVxlanPool(pools, 6)]).toEqual([true, false]);
  });
});

const installation = (ipam: string | null) =>
  list([
    facts('Installation', 'default', { spec: { cni: { type: 'Calico', ...(ipam && { ipam: { type: ipam } }) } } }),
  ]);
const UNTOLD = { installations: list<never>([], 'missing'), calicoNode: list<never>([], 'missing') };

function cluster(
  pools: FactsOf['IPPool'][],
  more: Partial<Pick<Sections, 'nodes' | 'installations' | 'calicoNode'>> & { blocks?: FactsOf['IPAMBlock'][] } = {},
): { name: string } & Pick<Sections, 'ipPools' | 'nodes' | 'installations' | 'calicoNode'> {
  const { blocks = [], ...sections } = more;
  return {
    name: 'a',
    ipPools: build(pools, { blocks }),
    nodes: list([]),
    ...UNTOLD,
    installations: installation('Calico'),
    ...sections,
  };
}
const mesh = (text: Text, routing: Routing = 'overlay') => ({ text, routing });
const texts = (found: ReturnType<typeof podRanges>) => found.ranges.map((r) => r.range.text);

describe('podRanges', () => {
  const mixed = [
    pool('vxlan', '10.1.0.0/16', VXLAN),
    pool('ipip', '10.2.0.0/16', { ipipMode: 'Always' }),
    pool('gone', '10.3.0.0/16', { ...VXLAN, disabled: true }),
    pool('draining', '10.4.0.0/16', { ...VXLAN, disabled: true }),
    pool('lb', '10.5.0.0/16', { allowedUses: ['LoadBalancer'] }),
  ];
  const blocks = [block('10.4.0.0/26')];

  it('means VXLAN pools up to 3.20 with overlay routing, else the pools of all pods', () => {
    const c = cluster(mixed, { blocks });
    expect(texts(podRanges(c, mesh('3.18')))).toEqual(['10.1.0.0/16', '10.4.0.0/16']);
    for (const m of [mesh('3.21'), mesh('3.18', 'underlay'), mesh('3.21', 'underlay')])
      expect(podRanges(c, m)).toMatchObject({ gap: null });
    expect(texts(podRanges(c, mesh('3.21')))).toEqual(['10.1.0.0/16', '10.2.0.0/16', '10.4.0.0/16']);
    expect(texts(podRanges(c, mesh('3.18', 'underlay')))).toEqual(['10.1.0.0/16', '10.2.0.0/16', '10.4.0.0/16']);
  });

  const plain = [pool('plain', '10.2.0.0/16')];

  it('asks for the IPAM only from 3.21, and only without a VXLAN pool', () => {
    expect(podRanges(cluster(plain, UNTOLD), mesh('3.21')).gap).toEqual({ kind: 'untold-ipam' });
    expect(podRanges(cluster(plain, UNTOLD), mesh('3.18', 'underlay')).gap).toBeNull();
    expect(podRanges(cluster([...plain, ...mixed], UNTOLD), mesh('3.21')).gap).toBeNull();
    expect(podRanges(cluster(plain, { installations: installation(null) }), mesh('3.21')).gap).toBeNull();
  });

  it('counts the pod CIDRs of Nodes with host-local IPAM', () => {
    const hostLocal = { installations: installation('HostLocal') };
    const nodes = [node('n1', {}, ['10.244.0.0/24', 'fd00::/64']), node('n2', {}, ['10.244.1.0/24'])];
    expect(podRanges(cluster(plain, { ...hostLocal, nodes: list(nodes) }), mesh('3.21'))).toMatchObject({
      ranges: [
        { range: { text: '10.244.0.0/24' }, source: { path: ['spec', 'podCIDRs', 0] }, pool: null },
        { range: { text: 'fd00::/64' } },
        { range: { text: '10.244.1.0/24' } },
      ],
      gap: null,
    });
    expect(podRanges(cluster(plain, { ...hostLocal, nodes: list(nodes, 'partial') }), mesh('3.21'))).toMatchObject({
      ranges: [{}, {}, {}],
      gap: { kind: 'unread-nodes' },
    });
    const bare = list([...nodes, node('n3')]);
    expect(podRanges(cluster(plain, { ...hostLocal, nodes: bare }), mesh('3.21')).gap).toMatchObject({
      kind: 'no-pod-cidr',
      node: { ref: { name: 'n3' } },
    });
  });

  it("does not know a cloud's ranges", () => {
    const found = podRanges(cluster(plain, { installations: installation('AmazonVPC') }), mesh('3.21'));
    expect(found).toMatchObject({ ranges: [], gap: { kind: 'cloud-ipam', ipam: { value: 'AmazonVPC' } } });
  });
});

describe('rankedRanges', () => {
  it('sets apart what pods have to ask for, and pools that the requirement does not name', () => {
    const c = cluster([
      pool('vxlan', '10.1.0.0/16', VXLAN),
      pool('ipip', '10.2.0.0/16', { ipipMode: 'Always' }),
      pool('egress', '10.3.0.0/31', { ...VXLAN, nodeSelector: '!all()' }),
      pool('tunnel', '10.4.0.0/24', { allowedUses: ['Tunnel'] }),
      pool('lb', '10.5.0.0/16', { allowedUses: ['LoadBalancer'] }),
      pool('placeholder', '10.6.0.0/16', PLACEHOLDER),
    ]);
    const ranks = (m: ReturnType<typeof mesh>) => rankedRanges(c, m).ranges.map((r) => `${r.pool?.ref.name} ${r.rank}`);
    expect(ranks(mesh('3.21'))).toEqual(['vxlan primary', 'ipip primary', 'egress secondary', 'tunnel secondary']);
    expect(ranks(mesh('3.18'))).toEqual(['vxlan primary', 'egress secondary', 'ipip secondary', 'tunnel secondary']);
  });

  it('forgets the pools of a cluster whose pods are elsewhere', () => {
    const c = cluster([pool('p', '10.2.0.0/16')], { installations: installation('AmazonVPC') });
    expect(rankedRanges(c, mesh('3.21')).ranges).toEqual([]);
  });
});

function ranked(cluster: string, cidr: string, rank: RankedRange['rank'] = 'primary', fromNode = false): RankedRange {
  const range = parseCidr(cidr);
  if (!range) throw new Error(`${cidr} is no CIDR`);
  const [only] = build([pool('p', cidr)]).items;
  if (!only) throw new Error('no pool');
  return { cluster, rank, range, source: only.cidr, pool: fromNode ? null : only };
}

describe('podOverlaps', () => {
  const told = (ranges: RankedRange[]) =>
    podOverlaps(ranges).map((o) => [o.rank, o.clusters.join(' '), Number(o.shared), o.sides.length]);

  it('counts what is shared', () => {
    expect(told([ranked('a', '10.0.0.0/8'), ranked('b', '10.42.0.0/16')])).toEqual([['primary', 'a b', 65536, 2]]);
    expect(told([ranked('a', '10.0.0.0/24'), ranked('b', '10.0.0.0/24'), ranked('c', '10.0.0.0/24')])).toEqual([
      ['primary', 'a b c', 256, 3],
    ]);
    expect(
      told([
        ranked('a', '10.0.0.0/8'),
        ranked('a', '10.1.0.0/24'),
        ranked('b', '10.1.0.0/25'),
        ranked('c', '10.2.0.0/25'),
      ]),
    ).toEqual([['primary', 'a b c', 256, 4]]);
  });

  it('keeps a secondary overlap apart, unless a primary one is its cause', () => {
    expect(told([ranked('a', '10.0.0.0/24'), ranked('b', '10.0.0.0/31', 'secondary')])).toEqual([
      ['secondary', 'a b', 2, 2],
    ]);
    expect(
      told([ranked('a', '10.0.0.0/24'), ranked('b', '10.0.0.0/24'), ranked('b', '10.0.0.0/31', 'secondary')]),
    ).toEqual([['primary', 'a b', 256, 2]]);
  });

  it('takes the node ranges of the same clusters for one cause', () => {
    const nodes = (name: string) => [0, 1, 2].map((i) => ranked(name, `10.244.${i}.0/24`, 'primary', true));
    expect(told([...nodes('a'), ...nodes('b')])).toEqual([['primary', 'a b', 768, 6]]);
  });

  it('counts as brute force does, and says nothing of disjoint clusters', () => {
    const small = fc
      .record({
        cluster: fc.constantFrom('a', 'b', 'c'),
        n: fc.integer({ min: 0, max: 15 }),
        prefix: fc.integer({ min: 28, max: 32 }),
      })
      .map(({ cluster, n, prefix }) => ranked(cluster, `10.0.0.${n}/${prefix}`));
    fc.assert(
      fc.property(fc.array(small, { maxLength: 8 }), (ranges) => {
        let shared = 0n;
        for (let address = 0x0a000000n; address < 0x0a000010n; address++) {
          const one = { family: 4, first: address, last: address } as const;
          if (new Set(ranges.filter((r) => overlaps(r.range, one)).map((r) => r.cluster)).size > 1) shared += 1n;
        }
        expect(podOverlaps(ranges).reduce((sum, o) => sum + o.shared, 0n)).toBe(shared);
      }),
    );
  });
});

describe('freeRanges', () => {
  const range = (text: string) => parseCidr(text) ?? ranked('a', text).range;
  const free = (like: string, ...used: string[]) => freeRanges(() => used.map(range))(range(like))?.canonical;

  it('finds the first private range that nothing uses', () => {
    expect(free('192.168.0.0/16', '10.0.0.0/14', '10.4.7.0/24')).toBe('10.5.0.0/16');
    expect(free('192.168.0.0/16', '10.0.0.0/8')).toBe('172.16.0.0/16');
    expect(free('2001:db8::/64', 'fd00::/64')).toBe('fd00:0:0:1::/64');
  });

  it('finds none where everything is in use', () => {
    expect(free('10.0.0.0/16', '0.0.0.0/0')).toBeUndefined();
  });
});
