// Can this subject do this here? Roles, ClusterRoles, aggregation, bindings, groups, wildcards, resourceNames.
export {};
