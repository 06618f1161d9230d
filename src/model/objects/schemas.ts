// The schemas of schemas/resources/: of every kind the fields that are read, and their types. Data only.

import bgpConfiguration from '../../../schemas/resources/BGPConfiguration.json' with { type: 'json' };
import bgpPeer from '../../../schemas/resources/BGPPeer.json' with { type: 'json' };
import calicoNode from '../../../schemas/resources/CalicoNode.json' with { type: 'json' };
import clusterInformation from '../../../schemas/resources/ClusterInformation.json' with { type: 'json' };
import clusterRole from '../../../schemas/resources/ClusterRole.json' with { type: 'json' };
import clusterRoleBinding from '../../../schemas/resources/ClusterRoleBinding.json' with { type: 'json' };
import configMap from '../../../schemas/resources/ConfigMap.json' with { type: 'json' };
import customResourceDefinition from '../../../schemas/resources/CustomResourceDefinition.json' with { type: 'json' };
import daemonSet from '../../../schemas/resources/DaemonSet.json' with { type: 'json' };
import datastoreMigration from '../../../schemas/resources/DatastoreMigration.json' with { type: 'json' };
import felixConfiguration from '../../../schemas/resources/FelixConfiguration.json' with { type: 'json' };
import infrastructure from '../../../schemas/resources/Infrastructure.json' with { type: 'json' };
import installation from '../../../schemas/resources/Installation.json' with { type: 'json' };
import ipamBlock from '../../../schemas/resources/IPAMBlock.json' with { type: 'json' };
import ipPool from '../../../schemas/resources/IPPool.json' with { type: 'json' };
import istio from '../../../schemas/resources/Istio.json' with { type: 'json' };
import licenseKey from '../../../schemas/resources/LicenseKey.json' with { type: 'json' };
import metadata from '../../../schemas/resources/metadata.json' with { type: 'json' };
import namespace from '../../../schemas/resources/Namespace.json' with { type: 'json' };
import node from '../../../schemas/resources/Node.json' with { type: 'json' };
import pod from '../../../schemas/resources/Pod.json' with { type: 'json' };
import remoteClusterConfiguration from '../../../schemas/resources/RemoteClusterConfiguration.json' with {
  type: 'json',
};
import role from '../../../schemas/resources/Role.json' with { type: 'json' };
import roleBinding from '../../../schemas/resources/RoleBinding.json' with { type: 'json' };
import secret from '../../../schemas/resources/Secret.json' with { type: 'json' };
import service from '../../../schemas/resources/Service.json' with { type: 'json' };
import serviceAccount from '../../../schemas/resources/ServiceAccount.json' with { type: 'json' };
import serviceCIDR from '../../../schemas/resources/ServiceCIDR.json' with { type: 'json' };

/** A schema, as far as those here go. */
export interface Schema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

export const schemas: readonly Schema[] = [
  bgpConfiguration,
  bgpPeer,
  calicoNode,
  clusterInformation,
  clusterRole,
  clusterRoleBinding,
  configMap,
  customResourceDefinition,
  daemonSet,
  datastoreMigration,
  felixConfiguration,
  ipamBlock,
  ipPool,
  infrastructure,
  installation,
  istio,
  licenseKey,
  namespace,
  node,
  pod,
  remoteClusterConfiguration,
  role,
  roleBinding,
  secret,
  service,
  serviceAccount,
  serviceCIDR,
  metadata,
];
