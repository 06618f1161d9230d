// Tests of the rule licences-valid.

import rule from '../../rules/licences-valid.ts';
import { healthyMesh, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const licence = (expiry: string | null): Manifest => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'LicenseKey',
  metadata: { name: 'default' },
  status: expiry === null ? {} : { expiry, gracePeriod: '90d' },
});

testRule(rule, [
  { title: 'passes without a licence in the input', clusters: { east, west }, verdict: 'pass' },
  {
    title: 'passes before the expiry, and where it is no date',
    clusters: { east: [...east, licence('2026-03-01T00:00:00Z')], west: [...west, licence('never')] },
    options: { at: '2026-02-28T00:00:00Z' },
    verdict: 'pass',
  },
  {
    title: 'passes for a licence without a status',
    clusters: { east: [...east, licence(null)], west },
    verdict: 'pass',
  },
  {
    title: 'warns from the expiry on',
    clusters: { east: [...east, licence('2026-03-01T00:00:00Z')], west },
    options: { at: '2026-03-01T00:00:00Z' },
    verdict: { east: 'warn', west: 'pass' },
    says: ['expired'],
    at: ['east LicenseKey/default status.expiry'],
    text: ['2026-03-01T00:00:00Z'],
  },
]);
