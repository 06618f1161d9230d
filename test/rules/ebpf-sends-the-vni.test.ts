// Tests of the rule ebpf-sends-the-vni.

import rule from '../../rules/ebpf-sends-the-vni.ts';
import { withEnvironment, withFelix, withOverride } from '../kit/felix.ts';
import { changed, healthyMesh, ipPool, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const at = (version: string) => healthyMesh(['east', 'west'], { version });
const { east: east323 = [], west: west323 = [] } = at('v3.23.1');
const { north = [] } = healthyMesh(['east', 'west', 'north']);
const { east: preview = [], west: previewToo = [] } = at('v3.22.0-1.0');
const { east: fixed = [] } = at('v3.22.1');
const { east: preview323 = [] } = at('v3.23.0-1.0');
const ebpf = (cluster: readonly Manifest[]) =>
  changed(cluster, 'FelixConfiguration', 'default', { spec: { bpfEnabled: true } });
const ipip = (cluster: readonly Manifest[]) => [...cluster, ipPool('ipip', '10.9.0.0/16', { ipipMode: 'Always' })];
const encrypted = (cluster: readonly Manifest[]) =>
  changed(cluster, 'FelixConfiguration', 'default', { spec: { wireguardEnabled: true } });

testRule(rule, [
  { title: 'passes without eBPF', clusters: { east: preview, west: west323 }, verdict: 'pass' },
  { title: 'passes for eBPF from 3.22.1 on', clusters: { east: ebpf(fixed), west: ebpf(west323) }, verdict: 'pass' },
  {
    title: 'fails for eBPF of a preview of 3.22.0',
    clusters: { east: ebpf(preview), west: west323 },
    verdict: { east: 'fail', west: 'pass' },
    says: ['sendsZero'],
    at: ['east FelixConfiguration/default spec.bpfEnabled'],
    blames: ['east'],
  },
  {
    title: 'believes the Installation about the data plane',
    clusters: {
      east: changed(preview, 'Installation', 'default', { spec: { calicoNetwork: { linuxDataplane: 'BPF' } } }),
      west: west323,
    },
    verdict: { east: 'fail', west: 'pass' },
    says: ['sendsZero'],
    at: ['east Installation/default spec.calicoNetwork.linuxDataplane'],
  },
  {
    title: 'passes where all send the same',
    clusters: { east: ebpf(preview), west: ebpf(previewToo) },
    verdict: 'pass',
  },
  {
    title: 'does not matter without VXLAN',
    clusters: {
      east: changed(ebpf(preview), 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } }),
      west: west323,
    },
    verdict: 'pass',
  },
  {
    title: 'is unknown where the pools that decide about VXLAN were not read',
    clusters: { east: ebpf(preview), west: without(west323, 'IPPool') },
    verdict: { east: 'unknown', west: 'pass' },
    says: ['sendsZeroIfUsed'],
  },
  {
    title: 'warns of eBPF beside WireGuard or IPIP from base 3.32 on',
    clusters: { east: encrypted(ebpf(east323)), west: west323 },
    verdict: { east: 'warn', west: 'pass' },
    says: ['sendsOne'],
    text: ['because WireGuard is on too'],
  },
  {
    title: 'counts an IPIP pool, too',
    clusters: { east: ebpf(ipip(east323)), west: west323 },
    verdict: { east: 'warn', west: 'pass' },
    says: ['sendsOne'],
    text: ['because IPIP is on too'],
  },
  {
    title: 'counts IPIP that Felix has on without a pool, not that of a pool which Felix has off',
    clusters: {
      east: withFelix(ebpf(east323), { ipipEnabled: true }),
      north: withEnvironment(ebpf(ipip(north)), { FELIX_IPINIPENABLED: 'false' }),
      west: west323,
    },
    verdict: { east: 'warn', north: 'pass', west: 'pass' },
    says: ['sendsOne'],
    blames: ['east'],
    text: ['because IPIP is on too'],
  },
  {
    title: 'counts an IPIP pool as long as one node leaves it to the pools',
    clusters: {
      east: ebpf(withOverride(ipip(east323), 'node.east-node-1', { ipipEnabled: false })),
      north: ebpf(
        withFelix(withOverride(ipip(north), 'node.north-node-1', { ipipEnabled: true }), { ipipEnabled: false }),
      ),
      west: west323,
    },
    verdict: { east: 'warn', north: 'warn', west: 'pass' },
    says: ['sendsOne', 'sendsOne'],
  },
  {
    title: 'counts an IPIP pool where no FelixConfiguration was read',
    clusters: {
      east: without(
        changed(ipip(east323), 'Installation', 'default', { spec: { calicoNetwork: { linuxDataplane: 'BPF' } } }),
        'FelixConfiguration',
      ),
      west: west323,
    },
    verdict: { east: 'warn', west: 'pass' },
    says: ['sendsOne'],
  },
  {
    title: 'passes for that on an older base',
    clusters: { east: encrypted(ebpf(preview323)), west: west323 },
    verdict: 'pass',
  },
  {
    title: 'is unknown where nothing tells the version',
    clusters: { east: ebpf(east323), west: without(without(west323, 'Installation'), 'DaemonSet') },
    options: { calicoVersion: '3.23' },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
]);
