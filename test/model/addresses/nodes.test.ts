// Nodes as mesh members: what of their annotations counts, what their VTEPs are, and which values clusters share.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCidr } from '../../../src/model/addresses/cidr.ts';
import {
  calicoAddress,
  cloudRegion,
  derivedMac,
  memberAddresses,
  NODE_ANNOTATIONS,
  NODE_SPEC_PATHS,
  nodeFieldPath,
  nodeText,
  podFamilies,
  runsPods,
  type Shared,
  sharedAmongNodes,
  sharedByCause,
  sharedNodeAddresses,
  sidesOf,
  tunnelsOf,
  vtepMac,
  wireguardKey,
} from '../../../src/model/addresses/nodes.ts';
import type { NodeFacts, NodeField } from '../../../src/model/objects/facts.ts';

interface Written {
  readonly fields?: Partial<Record<NodeField, string>>;
  readonly internalIPs?: readonly string[];
  readonly os?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly apiVersion?: string;
}

function node(name: string, written: Written = {}): NodeFacts {
  const { fields = {}, internalIPs = [], os = 'linux', labels = {}, apiVersion = 'v1' } = written;
  const ref = { cluster: 'a', apiVersion, kind: 'Node', namespace: null, name, origin: null };
  const sourced = (value: string, ...path: (string | number)[]) => ({ value, ref, path });
  return {
    ref,
    uid: null,
    created: null,
    labels,
    name: sourced(name, 'metadata', 'name'),
    fields: Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, sourced(v, k)])),
    internalIPs: internalIPs.map((ip, i) => sourced(ip, 'status', 'addresses', i, 'address')),
    externalIPs: [],
    podCIDRs: [],
    os,
    providerID: null,
    kernelVersion: null,
  };
}

describe('fields', () => {
  it('have one annotation and one place in a Calico Node each', () => {
    const fields = Object.keys(NODE_ANNOTATIONS);
    expect(Object.keys(NODE_SPEC_PATHS)).toEqual(fields);
    expect(new Set(Object.values(NODE_ANNOTATIONS)).size).toBe(fields.length);
    expect(new Set(Object.values(NODE_SPEC_PATHS).map(String)).size).toBe(fields.length);
  });

  it('are annotations of a Kubernetes Node and fields of a Calico Node', () => {
    expect(nodeFieldPath(node('n'), 'ipv4Address')).toEqual([
      'metadata',
      'annotations',
      'projectcalico.org/IPv4Address',
    ]);
    expect(nodeFieldPath(node('n', { apiVersion: 'projectcalico.org/v3' }), 'ipv4Address')).toEqual([
      'spec',
      'bgp',
      'ipv4Address',
    ]);
  });
});

describe('calicoAddress', () => {
  const ip = (value: string, family: 4 | 6 = 4) => {
    const found = calicoAddress(
      node('n', { fields: { [family === 4 ? 'ipv4Address' : 'ipv6Address']: value } }),
      family,
    );
    return found && [found.ip.text, found.network.canonical];
  };

  it('is the address without its mask, and keeps its network', () => {
    expect(ip('10.0.1.10/24')).toEqual(['10.0.1.10', '10.0.1.0/24']);
    expect(ip('fd00::a/64', 6)).toEqual(['fd00::a', 'fd00::/64']);
  });

  it('is alone in its network where no mask is written', () => {
    expect(ip('10.0.1.10')).toEqual(['10.0.1.10', '10.0.1.10/32']);
  });

  it.each(['node-1', '10.0.1.10/33', '10.0.1.010/24', '10.0.1.10 ', 'fd00::a/64'])('is absent for %j', (value) => {
    expect(ip(value)).toBeNull();
  });

  it('does not fall back to the InternalIP', () => {
    expect(calicoAddress(node('n', { internalIPs: ['10.0.1.10'] }), 4)).toBeNull();
  });
});

describe('memberAddresses', () => {
  it('are the Calico node IPs and the InternalIPs', () => {
    const found = memberAddresses(
      node('n', {
        fields: { ipv4Address: '10.0.1.10/24', ipv6Address: 'fd00::a/64' },
        internalIPs: ['10.9.0.1', 'fd00:9::1'],
      }),
    );
    expect(found.map((a) => a.ip.text)).toEqual(['10.0.1.10', 'fd00::a', '10.9.0.1', 'fd00:9::1']);
  });

  it('are not those that mean nothing on another machine', () => {
    expect(
      memberAddresses(node('n', { internalIPs: ['127.0.0.1', '0.0.0.0', '169.254.1.1', 'fe80::1', '::1', '::'] })),
    ).toEqual([]);
  });
});

describe('tunnelsOf', () => {
  it('tells the kind of each tunnel address', () => {
    const found = tunnelsOf(
      node('n', {
        fields: {
          ipv4VXLANTunnelAddr: '10.42.0.0',
          ipv6VXLANTunnelAddr: 'fd42::',
          wireguardInterfaceIPv4Address: '10.42.0.1',
          ipv4IPIPTunnelAddr: '10.42.0.2',
        },
      }),
    );
    expect(found.map((t) => [t.ip.text, t.tunnel, t.family])).toEqual([
      ['10.42.0.0', 'VXLAN', 4],
      ['fd42::', 'VXLAN', 6],
      ['10.42.0.1', 'WireGuard', 4],
      ['10.42.0.2', 'IPIP', 4],
    ]);
  });

  it.each(['10.42.0.1/16', 'fd42::1', 'none', ''])('takes %j for absent', (value) => {
    expect(tunnelsOf(node('n', { fields: { ipv4VXLANTunnelAddr: value } }))).toEqual([]);
  });
});

describe('MAC of a VTEP', () => {
  // Names and MACs of Felix's own tests (calico v3.32, felix/calc/vxlan_resolver_test.go).
  it.each([
    ['remotehostname', '66:3e:ca:a4:db:65'],
    ['remotehostname2', '66:40:18:59:1f:16'],
    ['node1', '66:f9:37:c3:7e:94'],
  ])('of %s follows from its name', (name, mac) => {
    expect(derivedMac(name, 4)).toBe(mac);
    expect(vtepMac(node(name), 4)).toEqual({ mac, source: null });
  });

  it('differs for IPv6', () => {
    expect(derivedMac('node1', 6)).not.toBe(derivedMac('node1', 4));
    expect(derivedMac('node1', 6)).toBe(derivedMac('node1-v6', 4));
  });

  it('is the recorded one where there is one, however it is written', () => {
    const recorded = (vxlanTunnelMACAddr: string) => vtepMac(node('node1', { fields: { vxlanTunnelMACAddr } }), 4)?.mac;
    expect(recorded('66:AA:00:00:00:01')).toBe('66:aa:00:00:00:01');
    expect(recorded('66-aa-00-00-00-01')).toBe('66:aa:00:00:00:01');
    expect(recorded('66aa.0000.0001')).toBe('66:aa:00:00:00:01');
    expect(recorded('66:aa:00')).toBe('66:f9:37:c3:7e:94');
  });

  it('of a Windows node is what HNS chose, or not told', () => {
    expect(vtepMac(node('win', { os: 'windows' }), 4)).toBeNull();
    const recorded = node('win', { os: 'windows', fields: { vxlanTunnelMACAddr: '0E-2A-0a-2a-00-01' } });
    expect(vtepMac(recorded, 4)?.mac).toBe('0e:2a:0a:2a:00:01');
  });

  it('has six bytes, the first of them 66', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(derivedMac(name, 4)).toMatch(/^66(:[\da-f]{2}){5}$/);
      }),
    );
  });
});

describe('wireguardKey', () => {
  const key = (value: string) => wireguardKey(node('n', { fields: { wireguardPublicKey: value } }), 4)?.value ?? null;

  it('is 32 bytes in base64', () => {
    expect(key('HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=')).toBe('HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=');
    expect(key('HIgo9xNzJMWLKASShiTq')).toBeNull();
    expect(key('not a key')).toBeNull();
  });

  it('is absent where it is all zeros', () => {
    expect(key(`${'A'.repeat(43)}=`)).toBeNull();
  });
});

describe('runsPods', () => {
  it('is false for nodes that are a cloud service', () => {
    expect(runsPods(node('n'))).toBe(true);
    expect(runsPods(node('n', { labels: { 'eks.amazonaws.com/compute-type': 'ec2' } }))).toBe(true);
    expect(runsPods(node('n', { labels: { 'eks.amazonaws.com/compute-type': 'fargate' } }))).toBe(false);
    expect(runsPods(node('n', { labels: { type: 'virtual-kubelet' } }))).toBe(false);
  });
});

describe('shared values', () => {
  const address = (fields: Partial<Record<NodeField, string>>, ...internalIPs: string[]) => ({ fields, internalIPs });
  const cluster = (name: string, ...items: NodeFacts[]) => ({ name, nodes: { items } });
  const valuesOf = (shared: readonly Shared[]) => shared.map((s) => [...s.values]);

  it('are found across clusters, in whatever form they are written and whatever the order of clusters', () => {
    const a = cluster('a', node('a1', address({}, 'fd00:0::a')), node('a2', address({}, 'fd00::b')));
    const b = cluster('b', node('b1', address({ ipv6Address: 'fd00::a/64' })));
    for (const clusters of [
      [a, b],
      [b, a],
    ]) {
      const [shared, ...others] = sharedNodeAddresses(clusters);
      expect(others).toEqual([]);
      expect(shared?.values).toEqual(['fd00::a']);
      expect(shared?.clusters).toEqual(['a', 'b']);
      expect(shared?.holders.map(nodeText)).toEqual(['a1 of a', 'b1 of b']);
    }
  });

  it('within one cluster alone are none unless asked for', () => {
    const clusters = [
      cluster('a', node('a1', address({}, '10.0.0.1')), node('a2', address({}, '10.0.0.1'))),
      cluster('b'),
    ];
    const claim = (n: NodeFacts) => n.internalIPs.map((ip) => [ip.value, ip] as const);
    expect(sharedAmongNodes(clusters, claim)).toEqual([]);
    expect(valuesOf(sharedAmongNodes(clusters, claim, { withinCluster: true }))).toEqual([['10.0.0.1']]);
  });

  it('that one node has twice are none', () => {
    const twice = cluster('a', node('a1', address({ ipv4Address: '10.0.0.1/24' }, '10.0.0.1')));
    expect(sharedNodeAddresses([twice, cluster('b', node('b1', address({}, '10.0.0.2')))])).toEqual([]);
  });

  it('of the same nodes are one entry with every place', () => {
    const both = address({ ipv4Address: '10.0.0.1/24' }, '10.0.0.1', 'fd00::1');
    const shared = sharedNodeAddresses([cluster('a', node('a1', both)), cluster('b', node('b1', both))]);
    expect(valuesOf(shared)).toEqual([['10.0.0.1', 'fd00::1']]);
    expect(shared[0]?.holders.map((h) => h.places.length)).toEqual([3, 3]);
    const sides = sidesOf(shared);
    expect(sides.slice(0, 2).map((e) => e.note)).toEqual(['node a1 of a', 'node b1 of b']);
    expect(sides.map((e) => e.path.join('.'))).toEqual([
      'ipv4Address',
      'ipv4Address',
      'status.addresses.0.address',
      'status.addresses.1.address',
      'status.addresses.0.address',
      'status.addresses.1.address',
    ]);
  });

  it('of five nodes stand alone, of six they are one cause', () => {
    const numbered = (name: string, count: number) =>
      cluster(name, ...Array.from({ length: count }, (_, i) => node(`${name}${i}`, address({}, `10.0.0.${i}`))));
    const groups = (count: number) => sharedByCause(sharedNodeAddresses([numbered('a', count), numbered('b', count)]));
    expect(groups(5).map((g) => g.length)).toEqual([1, 1, 1, 1, 1]);
    expect(groups(6).map((g) => g.length)).toEqual([6]);
  });

  it('are those that two clusters hold, by a plain count', () => {
    const four = fc.integer({ min: 0, max: 3 });
    const claims = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), four, four));
    fc.assert(
      fc.property(claims, (drawn) => {
        const clusters = [0, 1, 2, 3].map((c) => cluster(`c${c}`, ...[0, 1, 2, 3].map((n) => node(`n${c}${n}`))));
        const found = sharedAmongNodes(clusters, (n) =>
          drawn.filter(([, c, i]) => n.name.value === `n${c}${i}`).map(([value]) => [`v${value}`, n.name] as const),
        );
        const holders = (value: number) => new Set(drawn.filter(([v]) => v === value).map(([, c]) => c));
        const expected = [0, 1, 2, 3, 4, 5].filter((v) => holders(v).size > 1).map((v) => `v${v}`);
        expect(found.flatMap((s) => s.values).sort()).toEqual(expected);
        for (const s of found) expect([...new Set(s.holders.map((h) => h.cluster))]).toEqual(s.clusters);
      }),
    );
  });
});

describe('cloudRegion', () => {
  const region = (providerID: string | null, label?: string) =>
    cloudRegion({ ...node('n', label ? { labels: { 'topology.kubernetes.io/region': label } } : {}), providerID });

  it('is provider and region of a cloud that has regional subnets', () => {
    expect(region('aws:///eu-west-1a/i-0f')).toBe('aws eu-west-1');
    expect(region('aws:///eu-west-1a/i-0f', 'eu-west-1')).toBe('aws eu-west-1');
    expect(region('gce://project/europe-west1-b/n', 'europe-west1')).toBe('gce europe-west1');
    expect(region('azure:///subscriptions/s/resourceGroups/g', 'westeurope')).toBe('azure westeurope');
  });

  it('is not told elsewhere', () => {
    expect(region('gce://project/europe-west1-b/n')).toBeNull();
    expect(region('vsphere://42', 'room-1')).toBeNull();
    expect(region(null, 'eu-west-1')).toBeNull();
  });
});

describe('podFamilies', () => {
  it('are those of the participating pools', () => {
    const families = (...cidrs: string[]) =>
      podFamilies({
        ipPools: {
          items: cidrs.map((c) => ({
            participates: !c.startsWith('!'),
            leftOut: c.startsWith('-'),
            range: parseCidr(c.replace(/^[!-]/, '')),
          })),
        },
      });
    expect(families('10.0.0.0/16', 'fd00::/48')).toEqual([4, 6]);
    expect(families('!10.0.0.0/16', 'fd00::/48', 'fd01::/48')).toEqual([6]);
    expect(families('10.0.0.0/16', '-fd00::/48')).toEqual([4]);
    expect(families('none')).toEqual([]);
  });
});
