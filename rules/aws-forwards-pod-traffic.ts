// Judges whether AWS lets nodes forward packets of pods where the network routes them. Reads nothing but the mesh.

import { decidedAt, defineRule, inside, isSettled, kubectl, poolsOfMesh, tellCni } from '../src/rule.ts';

export default defineRule({
  id: 'aws-forwards-pod-traffic',
  title: 'On AWS, Felix turns the source/destination check of its nodes off',
  requirement: 'supported-version',
  routing: 'underlay',
  severity: 'warning',
  compares: false,
  needs: [],
  evidence: ['nodes', 'installations', 'calicoNode', 'ipPools', 'felix'],
  docs: {
    why: 'EC2 drops packets whose source or destination is not an address of the instance. Packets of pods of the Calico CNI that cross to another cluster without encapsulation are such packets.',
    fix: 'Set awsSrcDstCheck to Disable in FelixConfiguration default; the nodes need the IAM right ec2:ModifyInstanceAttribute.',
    limits: 'That the check was turned off in AWS itself cannot be seen.',
    sources: [
      {
        title: 'Amazon Web Services: using AWS networking',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/public-cloud/aws#using-aws-networking',
        version: '3.23',
      },
    ],
  },
  messages: {
    checked:
      'awsSrcDstCheck of {cluster} is {found}, so AWS drops what pods send to other clusters without encapsulation',
  },
  *check({ clusters }, say) {
    for (const cluster of clusters) {
      const { name, nodes, ipPools, felix } = cluster;
      yield say.pass([name]);
      const node = nodes.items.find((n) => n.providerID?.startsWith('aws:'));
      const pool = poolsOfMesh(ipPools).items.find((p) => p.participates && p.encapsulations.length === 0);
      const group = felix.parameters.awsSrcDstCheck.groups.find((g) => g.value !== 'Disable');
      if (!node || !pool || !group || tellCni(cluster).type?.value !== 'Calico') continue;
      if (!group.setting && !isSettled(felix, 'awsSrcDstCheck')) continue;
      const evidence = [
        decidedAt(felix, 'awsSrcDstCheck', group, 'not Disable'),
        inside(node, ['spec', 'providerID'], 'a node on AWS'),
        inside(pool, ['spec', 'cidr'], 'pods without encapsulation'),
      ] as const;
      const patch = JSON.stringify({ spec: { awsSrcDstCheck: 'Disable' } });
      const command = kubectl(name, ['patch', 'felixconfiguration', 'default', '--type', 'merge', '-p', patch]);
      const fix = { title: 'set awsSrcDstCheck to Disable', command };
      yield say.finding('checked', { cluster: name, found: String(group.value) }, { clusters: [name], evidence, fix });
    }
  },
});
