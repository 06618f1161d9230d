// Judges whether the AWS VPC CNI leaves the addresses of pods as they are. Reads nothing but the mesh.

import { at, defineRule, inside, kubectl, tellCni } from '../src/rule.ts';

const VARIABLE = 'AWS_VPC_K8S_CNI_EXTERNALSNAT';

export default defineRule({
  id: 'aws-cni-leaves-snat-to-vpc',
  title: 'The AWS VPC CNI does not NAT what leaves the VPC',
  requirement: 'nat-exclusion',
  severity: 'error',
  compares: false,
  needs: ['ipPools'],
  evidence: ['awsNode', 'installations', 'calicoNode', 'configMaps'],
  docs: {
    why: 'Unless told otherwise, the AWS VPC CNI gives every packet to an address outside of the VPC the address of its node, so a cluster in another VPC sees nodes instead of pods.',
    fix: 'Set AWS_VPC_K8S_CNI_EXTERNALSNAT to true on the DaemonSet aws-node.',
    limits: 'A value that comes from a ConfigMap or Secret is not looked up.',
    example: 'env:\n- name: AWS_VPC_K8S_CNI_EXTERNALSNAT\n  value: "true"',
    sources: [
      {
        title: 'AWS: using AWS networking with federation',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/public-cloud/aws#using-aws-networking',
        version: '3.23',
      },
    ],
  },
  messages: {
    snat: 'DaemonSet aws-node of {cluster} has AWS_VPC_K8S_CNI_EXTERNALSNAT {found}, so it NATs what leaves the VPC',
    elsewhere:
      'AWS_VPC_K8S_CNI_EXTERNALSNAT of DaemonSet aws-node of {cluster} comes from an object that is not looked up',
  },
  *check({ clusters }, say) {
    for (const cluster of clusters) {
      const { name } = cluster;
      const { type } = tellCni(cluster);
      const [aws] = cluster.awsNode.items;
      const container = aws?.containers.find((c) => c.name === 'aws-node');
      const variable = container?.env.findLast((e) => e.name === VARIABLE);
      // The CNI reads it with Go's strconv.ParseBool (amazon-vpc-cni-k8s, pkg/networkutils/network.go, v1.19).
      const isOn = /^(1|t|T|TRUE|true|True)$/.test(variable?.value ?? '');
      if (type?.value === 'AmazonVPC' && aws && container && !isOn) {
        const path = ['spec', 'template', 'spec', 'containers', container.index, 'env'];
        const here = variable ? [...path, variable.index, variable.from ? 'valueFrom' : 'value'] : path;
        const evidence = [inside(aws, here, `${VARIABLE} is not true`), at(type, `CNI is ${type.value}`)] as const;
        if (variable?.from) {
          const command = kubectl(name, 'set env daemonset/aws-node --namespace kube-system --list --resolve');
          const fix = { title: 'print its environment', command };
          yield say.unknown(
            'elsewhere',
            { cluster: name },
            { clusters: [name], evidence, reason: 'missing-input', fix },
          );
        } else {
          const command = kubectl(name, `set env daemonset/aws-node --namespace kube-system ${VARIABLE}=true`);
          const data = { cluster: name, found: variable?.value || 'unset' };
          yield say.finding('snat', data, { clusters: [name], evidence, fix: { title: 'set it to true', command } });
        }
      }
      yield say.pass([name]);
    }
  },
});
