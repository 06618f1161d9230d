// Pools that are said to take no part in the mesh.

import rule from '../../rules/pools-take-part.ts';
import { installation, ipPool } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const pods = ipPool('pods', '10.1.0.0/16');
const lab = ipPool('lab', '10.9.0.0/16');

testRule(rule, [
  { title: 'passes where nobody says so', clusters: { a: [pods, lab], b: [pods] }, verdict: 'pass' },
  {
    title: 'notes a pool that is left out, in its cluster alone',
    clusters: { a: [pods, lab, ipPool('bench', '10.10.0.0/16')], b: [pods, lab] },
    options: { leftOut: ['a/lab', 'a/bench'] },
    verdict: 'pass',
    says: ['leftOut'],
    at: ['a IPPool/bench'],
    text: ['IPPools of a take no part in the mesh, as the configuration says: bench and lab'],
  },
  {
    title: 'says nothing of one that holds no pods anyway',
    clusters: { a: [pods, ipPool('lab', '10.9.0.0/16', { disabled: true })] },
    options: { leftOut: ['a/lab'] },
    verdict: 'pass',
  },
  { title: 'is unknown without pools', clusters: { a: [installation()] }, verdict: 'unknown', says: ['missingInput'] },
]);
