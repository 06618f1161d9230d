// Judges whether the licence of every cluster is in force. Reads nothing but the mesh; the time is that of the mesh.

import { at, defineRule, kubectl } from '../src/rule.ts';

export default defineRule({
  id: 'licences-valid',
  title: 'No licence has expired',
  requirement: 'supported-version',
  severity: 'warning',
  compares: false,
  needs: [],
  evidence: ['licenseKeys'],
  docs: {
    why: 'With an expired licence the data plane keeps running, but from 3.23 on Calico resources become read-only, so no RemoteClusterConfiguration can be created or changed; before that, logs and metrics stop.',
    fix: 'Apply a new licence. With multi-cluster management only the management cluster needs one.',
    limits: 'A grace period is not looked at: what it covers ends with it.',
    sources: [
      {
        title: 'License expiry and renewal',
        url: 'https://docs.tigera.io/calico-enterprise/latest/operations/license-options',
        version: '3.23',
      },
    ],
  },
  messages: { expired: 'the licence of {cluster} expired at {expiry}' },
  *check({ clusters, at: now }, say) {
    for (const { name, licenseKeys } of clusters) {
      for (const { expiry } of licenseKeys.items) {
        // What is no date is never smaller.
        if (!expiry || !(Date.parse(expiry.value) <= now)) continue;
        const fix = { title: 'apply a new licence', command: kubectl(name, 'apply -f LICENSE.yaml') };
        const evidence = [at(expiry, 'expired')] as const;
        yield say.finding('expired', { cluster: name, expiry: expiry.value }, { clusters: [name], evidence, fix });
      }
      yield say.pass([name]);
    }
  },
});
