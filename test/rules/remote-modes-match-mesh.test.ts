// Cases of remote-modes-match-mesh: the mode of every RemoteClusterConfiguration against that of the mesh.

import rule from '../../rules/remote-modes-match-mesh.ts';
import { changed, healthyMesh, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const overlay = healthyMesh(['a', 'b', 'c']);
const underlay = healthyMesh(['a', 'b', 'c'], { routing: 'underlay' });
const RCC = 'RemoteClusterConfiguration';
const unset = { spec: { syncOptions: null } };
const stored = { metadata: { uid: '5d3c8a52-6f0e-4a41-9d9e-0d3b3b7f2a11' } };
const mode = (value: string | boolean | number) => ({ spec: { syncOptions: { overlayRoutingMode: value } } });

testRule(rule, [
  { title: 'passes when every one is Enabled in overlay', clusters: overlay, verdict: 'pass' },
  { title: 'passes when every one is Disabled in underlay', clusters: underlay, verdict: 'pass' },
  {
    title: 'fails for the one that is Disabled in overlay',
    clusters: { ...overlay, b: changed(overlay.b ?? [], RCC, 'c', mode('Disabled')) },
    verdict: { a: 'pass', b: 'fail', c: 'pass' },
    says: ['differs'],
    at: ['b RemoteClusterConfiguration/c spec.syncOptions.overlayRoutingMode'],
    blames: ['b'],
    text: ['sets overlayRoutingMode to Disabled, the mesh needs Enabled'],
  },
  {
    title: 'fails for the one that is Enabled in underlay',
    clusters: { ...underlay, b: changed(underlay.b ?? [], RCC, 'c', mode('Enabled')) },
    verdict: { a: 'pass', b: 'fail', c: 'pass' },
    says: ['differs'],
    at: ['b RemoteClusterConfiguration/c spec.syncOptions.overlayRoutingMode'],
  },
  {
    title: 'says for each of them what has to be edited',
    clusters: {
      ...overlay,
      b: changed(changed(overlay.b ?? [], RCC, 'c', mode('Disabled')), RCC, 'a', mode('Disabled')),
    },
    verdict: { a: 'pass', b: 'fail', c: 'pass' },
    says: ['differs', 'differs'],
  },
  {
    title: 'fails for a value in lower case',
    clusters: { ...overlay, b: changed(overlay.b ?? [], RCC, 'c', mode('enabled')) },
    verdict: { a: 'pass', b: 'fail', c: 'pass' },
    says: ['invalid'],
    text: ['sets overlayRoutingMode to enabled, which is neither Enabled nor Disabled'],
  },
  ...[true, false, 1].map((value) => ({
    title: `fails for ${value}, which YAML 1.1 makes of a word or a number`,
    clusters: { ...overlay, b: changed(overlay.b ?? [], RCC, 'c', mode(value)) },
    verdict: { a: 'pass', b: 'fail', c: 'pass' } as const,
    says: ['invalid'],
    at: ['b RemoteClusterConfiguration/c spec.syncOptions.overlayRoutingMode'],
    text: [`sets overlayRoutingMode to ${value}, which is neither Enabled nor Disabled`],
  })),
  {
    title: 'fails when the field is in the wrong place',
    clusters: {
      ...overlay,
      b: changed(overlay.b ?? [], RCC, 'c', { spec: { syncOptions: null, overlayRoutingMode: 'Enabled' } }),
    },
    verdict: { a: 'pass', b: 'fail', c: 'pass' },
    says: ['misplaced'],
    at: ['b RemoteClusterConfiguration/c spec.overlayRoutingMode'],
  },
  {
    title: 'notes the field in the wrong place when the right one is set',
    clusters: { ...overlay, b: changed(overlay.b ?? [], RCC, 'c', { spec: { overlayRoutingMode: 'Disabled' } }) },
    verdict: 'pass',
    says: ['misplacedToo'],
  },
  {
    title: 'warns when a manifest leaves it out',
    clusters: { ...overlay, b: changed(overlay.b ?? [], RCC, 'c', unset) },
    verdict: { a: 'pass', b: 'warn', c: 'pass' },
    says: ['unsetManifest'],
    at: ['b RemoteClusterConfiguration/c spec.syncOptions.overlayRoutingMode'],
  },
  {
    title: 'warns that unset counts as Disabled in stored state, also where that is wanted',
    clusters: { ...underlay, b: changed(underlay.b ?? [], RCC, 'c', { ...unset, ...stored }) },
    verdict: { a: 'pass', b: 'warn', c: 'pass' },
    says: ['unset'],
    text: ['counts as Disabled in stored state'],
  },
  {
    title: 'takes an empty value for unset',
    clusters: { ...overlay, b: changed(overlay.b ?? [], RCC, 'c', mode('')) },
    verdict: { a: 'pass', b: 'warn', c: 'pass' },
    says: ['unsetManifest'],
  },
  {
    title: 'does not apply to a cluster without remotes',
    clusters: {
      ...overlay,
      b: { 'remotes.yaml': [{ apiVersion: 'projectcalico.org/v3', kind: `${RCC}List`, items: [] }] },
    },
    verdict: { a: 'pass', b: 'not-applicable', c: 'pass' },
  },
  {
    title: 'is unknown for a cluster whose remotes were not read',
    clusters: { ...overlay, b: without(overlay.b ?? [], RCC) },
    options: { routing: 'overlay' },
    verdict: { a: 'pass', b: 'unknown', c: 'pass' },
    says: ['missingInput'],
  },
  {
    title: 'fails for what was read of a list that ends early',
    clusters: {
      ...overlay,
      b: [
        ...without(overlay.b ?? [], RCC),
        {
          apiVersion: 'projectcalico.org/v3',
          kind: `${RCC}List`,
          metadata: { name: '', continue: 'more' },
          items: [{ metadata: { name: 'a' }, spec: { syncOptions: { overlayRoutingMode: 'Disabled' } } }],
        },
      ],
    },
    options: { routing: 'overlay' },
    verdict: { a: 'pass', b: 'fail', c: 'pass' },
    says: ['differs', 'partialInput'],
  },
]);
