// The address plan: which ranges of which clusters are drawn, and what is said of those that are not known.

import { expect, it } from 'vitest';
import { addressPlan } from '../../../src/model/addresses/plan.ts';
import { type ClusterState, mesh } from '../../kit/mesh.ts';
import { installation, ipPool } from '../../kit/objects.ts';

const planOf = (state: ClusterState, calicoVersion = '3.23') => addressPlan(mesh({ a: state }, { calicoVersion }))[0];
const textsOf = (state: ClusterState, calicoVersion?: string) =>
  planOf(state, calicoVersion)?.ranges.map(({ text, pool, rank }) => `${text} ${pool} ${rank}`);

const noPools = { 'ippools.yaml': [{ apiVersion: 'projectcalico.org/v3', kind: 'IPPoolList', items: [] }] };
const hostLocal = { 'installation.yaml': [installation({ ipam: 'HostLocal' })], ...noPools };

it('has the pools that pods get addresses from, by position, in canonical form', () => {
  const pools = [
    ipPool('six', 'fd00:0::/48'),
    ipPool('b', '10.1.2.3/16', { vxlanMode: 'Always' }),
    ipPool('a', '10.0.0.0/16', { vxlanMode: 'Always' }),
  ];
  expect(textsOf(pools)).toEqual(['10.0.0.0/16 a primary', '10.1.0.0/16 b primary', 'fd00::/48 six primary']);
});

it('has pools that are easily forgotten, and none that hold no pods', () => {
  const pools = [
    ipPool('pods', '10.0.0.0/16', { vxlanMode: 'Always' }),
    ipPool('gateways', '10.1.0.0/24', { nodeSelector: '!all()' }),
    ipPool('balancers', '10.2.0.0/24', { allowedUses: ['LoadBalancer'] }),
    ipPool('remote', '10.3.0.0/16', { disabled: true }),
  ];
  expect(textsOf(pools)).toEqual(['10.0.0.0/16 pods primary', '10.1.0.0/24 gateways secondary']);
});

it('joins the ranges of nodes', () => {
  const nodes = [0, 1, 2, 8].map((i) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `n${i}` },
    spec: { podCIDRs: [`10.0.${i}.0/24`] },
  }));
  const state = { 'nodes.yaml': nodes, ...hostLocal };
  expect(textsOf(state)).toEqual(['10.0.0.0-10.0.2.255 null primary', '10.0.8.0/24 null primary']);
});

it('says why pods may have other addresses', () => {
  expect(planOf([ipPool('pods', '10.0.0.0/16', { vxlanMode: 'Always' })])?.gap).toBeNull();
  expect(planOf([ipPool('pods', '10.0.0.0/33', { vxlanMode: 'Always' })])?.gap).toContain('10.0.0.0/33');
  expect(planOf([ipPool('pods', '10.0.0.0/16')])?.gap).toContain('nothing tells');
  expect(planOf({ 'installation.yaml': [installation({ ipam: 'AzureVNET' })], ...noPools })?.gap).toContain(
    'AzureVNET',
  );
  expect(planOf(hostLocal)?.gap).toContain('nodes');
  expect(planOf([], '3.19')?.gap).not.toBeNull();
});
